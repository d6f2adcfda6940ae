import ArgumentParser
import Foundation

/// What is wrong with a command line, where the parser does not say so or says something else first.
///
/// The parser takes a first word that is no command for a problem file, and complains of what is missing before it
/// complains of an option that is misspelt.
struct Misuse {
    /// One sentence.
    let message: String
    /// The command whose help explains more; empty for all of them.
    let command: String

    private static let commands: [(name: String, type: any ParsableCommand.Type)] =
        MLSysCommand.configuration.subcommands.map { ($0._commandName, $0) }

    /// Options that no help lists.
    private static let unlisted: Set = [
        "--help-hidden", "--version", "--generate-completion-script", "--experimental-dump-help",
    ]

    /// A first word that is neither a command nor, by its looks, a file; nil if that is well.
    static func ofCommand(_ words: [String]) -> Misuse? {
        guard let first = words.first else { return nil }
        if first == "help" {
            guard let topic = words.dropFirst().first(where: { !$0.hasPrefix("-") }), topic != "help",
                !commands.contains(where: { $0.name == topic })
            else { return nil }
            return unknownCommand(topic)
        }
        guard first.allSatisfy({ $0.isLetter || $0 == "-" }), !first.hasPrefix("-"),
            !commands.contains(where: { $0.name == first }), !FileManager.default.fileExists(atPath: first),
            nearest(to: first, among: commands.map(\.name)) != nil
        else { return nil }
        return unknownCommand(first)
    }

    /// What the words of a command line that the parser refused may have been meant to be; nil if it said it best.
    static func ofOptions(_ words: [String]) -> Misuse? {
        let command = commands.first { $0.name == words.first } ?? commands.first { $0.name == "solve" }
        guard let command else { return nil }
        let help = MLSysCommand.helpMessage(for: command.type)
        let known = Set(help.matches(of: /--[a-z][a-z-]*/).map { String($0.output) }).union(unlisted)
        let words = Array(words.prefix { $0 != "--" })
        let knownLetters = Set(help.matches(of: /-[a-z],/).map { String($0.output.dropLast()) })
        for word in words where word.wholeMatch(of: /-[A-Za-z][A-Za-z-]*/) != nil {
            guard !knownLetters.contains(String(word.prefix(2))) else { continue }
            let advice = nearest(to: "-" + word, among: known.sorted()).map { " Did you mean '\($0)'?" } ?? ""
            return Misuse(message: "Unknown option '\(word)'.\(advice)", command: command.name)
        }
        for word in words where word.hasPrefix("--") && word.count > 2 {
            let option = String(word.prefix { $0 != "=" })
            guard !known.contains(option) else { continue }
            let advice = nearest(to: option, among: known.sorted()).map { " Did you mean '\($0)'?" } ?? ""
            return Misuse(message: "Unknown option '\(option)'.\(advice)", command: command.name)
        }
        for (option, value) in zip(words, words.dropFirst()) where known.contains(option) {
            guard value.hasPrefix("-"), let number = Double(value) else { continue }
            return Misuse(message: "\(option) is \(number.shortText); it cannot be negative.", command: command.name)
        }
        return nil
    }

    private static func unknownCommand(_ word: String) -> Misuse {
        let advice = nearest(to: word, among: commands.map(\.name)).map { " Did you mean '\($0)'?" } ?? ""
        return Misuse(message: "There is no command '\(word)'.\(advice)", command: "")
    }

    /// The text for standard error.
    var text: String {
        "Error: \(message)\n  See 'mlsys\(command.isEmpty ? "" : " \(command)") --help' for more information."
    }

    /// The word that needs the fewest changes; nil if all need more than two, or than a third of the letters.
    static func nearest(to word: String, among known: [String]) -> String? {
        let best = known.map { (word: $0, changes: changes(from: word, to: $0)) }.min { $0.changes < $1.changes }
        guard let best, best.changes <= max(1, min(2, word.count / 2)) else { return nil }
        return best.word
    }

    /// Letters to insert, remove or replace to turn one word into another (Levenshtein distance).
    private static func changes(from a: String, to b: String) -> Int {
        let b = Array(b)
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var shortText: String { self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self) }
}
