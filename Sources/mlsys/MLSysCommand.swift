import ArgumentParser
import Foundation

/// The root of the command line; what it does without a subcommand's name is ``Solve``.
@main
struct MLSysCommand: ParsableCommand {
    /// The version of the program.
    static let version = "1.0.0-rc"

    static let configuration = CommandConfiguration(
        commandName: "mlsys",
        abstract: "Schedules graphs of tensor operations on hardware with a small fast memory.",
        usage: """
            mlsys PROBLEM SCHEDULE
            mlsys solve PROBLEM -o SCHEDULE [--method auto|hybrid|exact|list]
                  [--time-limit SECONDS]
            mlsys bound PROBLEM [--certificate FILE] [--json]
            mlsys check-bound PROBLEM CERTIFICATE
            mlsys evaluate PROBLEM SCHEDULE [--compare OTHER] [--json]
            mlsys report PROBLEM SCHEDULE -o PAGE [--log LOG]
            mlsys generate FAMILY [--ops N] [--seed N] [-o PROBLEM]
            mlsys import MODEL.onnx --hardware CHIP.json [--dim NAME=N]
                  [-o PROBLEM]
            mlsys export PROBLEM --format lp|mps|mathprog|data [-o FILE]
            mlsys export PROBLEM --format dot|mermaid|trace [--schedule FILE]
                  [-o FILE]
            mlsys export PROBLEM --format json|plan|loops|c --schedule FILE [-o FILE]
            mlsys decode PROBLEM --legend LEGEND --solution SOLUTION -o SCHEDULE
            mlsys sweep PROBLEM --capacity 32k:1M:x2 [--bandwidth VALUES]
                  [--native VALUES] [--page FILE]
            mlsys sensitivity PROBLEM SCHEDULE [--json]
            mlsys bench DIR [--reference FILE] [--time-limit contest|SECONDS]
                  [--json FILE]
            """,
        discussion: """
            PROBLEM and SCHEDULE are files in the JSON of the MLSys 2026 scheduling
            contest. The first form is the contest's: problem in, schedule out.

            Results go to standard output, diagnostics to standard error. Exit codes:
               0  done; the schedule is valid
               1  the schedule is invalid; a problem of bench failed
               2  a bound could be neither confirmed nor refuted
               3  an op fits into fast memory in no step
               4  no schedule was found, which proves nothing
              64  the command line is wrong
              65  a file holds bad data
              66  no such input file
              70  the program contradicts itself: a defect
              73  the output cannot be written
             130  interrupted by SIGINT before there was a schedule
             143  interrupted by SIGTERM before there was a schedule
            """,
        version: "mlsys \(version)",
        subcommands: [
            Solve.self, Evaluate.self, Bound.self, Generate.self, Import.self, Export.self, Decode.self, Bench.self,
            Report.self, CheckBound.self, Sweep.self, Sensitivity.self,
        ],
        defaultSubcommand: Solve.self)

    static func main() {
        _ = ProcessClock.start
        Interruption.watch()
        // A reader that closes the pipe early, such as head, is not an error: writes then fail with EPIPE.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parse(Array(CommandLine.arguments.dropFirst()))
            try command.run()
        } catch {
            Failure(error)?.end()
            exit(withError: error)
        }
    }

    /// Parses the command line; ends the process if it is wrong in a way that the parser does not name.
    private static func parse(_ words: [String]) throws -> any ParsableCommand {
        if let misuse = Misuse.ofCommand(words) { end(misuse) }
        do {
            return try parseAsRoot(words)
        } catch {
            if exitCode(for: error) == .validationFailure, let misuse = Misuse.ofOptions(words) { end(misuse) }
            throw error
        }
    }

    private static func end(_ misuse: Misuse) -> Never {
        Console.error(misuse.text)
        exit(withError: ExitCode.validationFailure)
    }
}
