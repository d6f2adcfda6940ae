import ArgumentParser
import CostModel
import ExecutableBackend
import Foundation
import Scheduling
import TensorGraph

/// What the command tells its caller by exit code, in the terms of sysexits(3).
enum ExitStatus: Int32 {
    case invalidSchedule = 1
    case unfinished = 2
    case infeasible = 3
    case noSchedule = 4
    case badData = 65
    case noInput = 66
    case internalError = 70
    case cannotCreate = 73

    /// A problem of a folder failed; the others have their results.
    static let problemFailed = ExitStatus.invalidSchedule

    init(_ kind: FileError.Kind) {
        switch kind {
        case .badData: self = .badData
        case .noInput: self = .noInput
        case .cannotCreate: self = .cannotCreate
        }
    }
}

/// An outcome that ends the command: one line for standard error, unless all is said already, and an exit code.
struct Failure: Error {
    let status: ExitStatus
    let message: String?

    init(_ status: ExitStatus, _ message: String?) {
        self.status = status
        self.message = message
    }

    init(_ error: FileError) { self.init(ExitStatus(error.kind), error.description) }

    init(_ error: InfeasibleOp, problemPath: String) {
        self.init(error.isProven ? .infeasible : .noSchedule, "\(problemPath): \(error)")
    }
}

extension Failure {
    /// What an error tells the caller; nil for those of the argument parser, which reports its own.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let fileError as FileError: self.init(fileError)
        default: return nil
        }
    }

    /// Ends the process.
    func end() -> Never {
        if let message { Console.error("mlsys: \(message)") }
        exit(status.rawValue)
    }
}

/// Ends the process whatever its other threads are doing: no half-written file and no solver's program stays behind.
func endAtOnce(_ status: Int32) -> Never {
    abandonUnfinishedFiles()
    endSolverPrograms()
    _exit(status)
}
