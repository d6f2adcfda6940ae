import Foundation
import TestSupport
import Testing

@Suite("Shell completions")
struct CompletionTests {
    /// Runs `test`, a script of the shell, in a folder with a problem file and the completion script `completions`.
    private func run(_ shell: InstalledTool, options: [String] = [], _ test: String) throws -> String {
        try withTemporaryFolder { folder in
            let script = try Program.run("--generate-completion-script", shell.name)
            #expect(script.exitCode == 0)
            _ = try folder.file("completions", script.output)
            _ = try folder.file("problem.json", Samples.problem)
            let test = try folder.file("test", test)
            let path = try URL(fileURLWithPath: Program.path()).deletingLastPathComponent().path
            let inherited = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let outcome = try shell.run(
                options + [test], in: folder,
                environment: ["PATH": "\(path):\(inherited)", "HOME": folder.path].merging(Program.instrumentation) {
                    $1
                })
            #expect(outcome.exitCode == 0, "\(outcome.text)")
            return outcome.text
        }
    }

    @Test(
        "bash completes commands, options, values and files",
        .enabled(if: InstalledTool.bash.isInstalled, InstalledTool.bash.absence))
    func bash() throws {
        let text = try run(
            .bash, options: ["--norc"],
            """
            bash -n completions || exit 1
            source completions
            complete_line() {
                COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
                read -ra COMP_WORDS <<<"$1"
                [[ $1 == *' ' ]] && COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _mlsys mlsys "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[*]}"
            }
            complete_line 'mlsys eva'
            complete_line 'mlsys evaluate pro'
            complete_line 'mlsys evaluate problem.json --comp'
            complete_line 'mlsys export problem.json --format me'
            complete_line 'mlsys export problem.json --schedule pro'
            """)
        #expect(text == "evaluate\nproblem.json\n--compare\nmermaid\nproblem.json\n")
    }

    @Test(
        "fish completes commands, options, values and files",
        .enabled(if: InstalledTool.fish.isInstalled, InstalledTool.fish.absence))
    func fish() throws {
        let text = try run(
            .fish, options: ["--no-config"],
            """
            source completions; or exit 1
            for line in 'mlsys eva' 'mlsys evaluate pro' 'mlsys export problem.json --format me' \\
                'mlsys export problem.json --schedule pro'
                complete -C $line | string split -f 1 \\t
            end
            exit 0
            """)
        #expect(text == "evaluate\nproblem.json\nmermaid\nproblem.json\n")
    }

    @Test(
        "zsh parses the script and takes its function for the command",
        .enabled(if: InstalledTool.zsh.isInstalled, InstalledTool.zsh.absence))
    func zsh() throws {
        let text = try run(
            .zsh, options: ["-f"],
            """
            zsh -n completions || exit 1
            mkdir functions && cp completions functions/_mlsys
            fpath=($PWD/functions $fpath)
            autoload -U compinit && compinit -D -u
            print ${_comps[mlsys]}
            autoload +X _mlsys && whence -w _mlsys
            """)
        #expect(text == "_mlsys\n_mlsys: function\n")
    }
}
