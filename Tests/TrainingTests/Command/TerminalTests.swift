import Foundation
import TestSupport
import Testing

/// Whether there is a program that makes terminals.
private let hasTerminals =
  (try? ChildProcess(running: ["script", "--version"]).wait())?.status == 0

extension TrainingRuns {
  /// What is said on terminals of 40 columns, in pipes and in logs.
  @Suite(.enabled(if: hasTerminals, "there is no `script` that makes terminals"))
  struct TerminalTests {
    private let tiny: TinyCommand

    init() throws { tiny = try TinyCommand() }

    /// What a terminal of 40 columns and 12 rows gets from the command.
    private func seen(_ arguments: [String], environment: [String] = []) throws -> String {
      let command = Command.words(arguments).map(Self.quoted).joined(separator: " ")
      let variables = (["-u", "CI", "-u", "NO_COLOR", "TERM=xterm"] + environment).joined(
        separator: " ")
      let result = try ChildProcess(running: [
        "script", "--quiet", "--return", "--command",
        "stty cols 40 rows 12 && exec env \(variables) \(command)", "/dev/null",
      ]).wait()
      #expect(result.status == 0, "\(result)")
      return result.output
    }

    private static func quoted(_ word: String) -> String {
      "'" + word.replacing("'", with: "'\\''") + "'"
    }

    private func finetune(_ more: String...) -> [String] {
      tiny.finetune(["--method", "full"] + more).filter { $0 != "--quiet" }
    }

    /// The lines that change in place: what follows a return and an order to clear the line.
    private func updates(_ text: String) -> [Substring] {
      text.split(separator: "\r\u{1B}[2K", omittingEmptySubsequences: false).dropFirst().map {
        $0.prefix { !$0.isNewline }
      }
    }

    @Test func aNarrowTerminalHasALineThatFits() throws {
      let text = try seen(finetune())
      let updates = updates(text)
      #expect(updates.count == 6 && updates.allSatisfy { $0.count < 40 }, "\(text)")
      for (number, update) in updates.enumerated() {
        #expect(update.hasPrefix("step \(number + 1)/6  "), "\(update)")
        #expect(update.contains("loss ") && update.hasSuffix(" left"), "\(update)")
      }
      #expect(text.contains("model: \(tiny.output.path)"))
    }

    /// A log of a continuous integration, and a terminal that cannot, get whole lines.
    @Test(arguments: ["CI=true", "TERM=dumb"])
    func logsHaveLines(variable: String) throws {
      let text = try seen(finetune(), environment: [variable])
      #expect(!text.contains("\u{1B}") && text.contains("step 6/6  epoch "), "\(text)")
    }

    @Test func pipesHaveLines() throws {
      let result = try Command.run(finetune())
      #expect(result.status == 0 && !(result.errors + result.output).contains("\u{1B}"))
      #expect(!result.errors.contains("\r") && result.errors.contains("step 6/6  epoch "))
    }

    @Test func quietMeansSilence() throws {
      // Which `tiny` asks for.
      let arguments = tiny.finetune("--method", "full", "--overwrite")
      #expect(try seen(arguments).isEmpty)
      let result = try Command.run(arguments)
      #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    }

    @Test func colorsCanBeTurnedOff() throws {
      let folder = tiny.folder
      let model = try TinyLanguageModel(in: folder, name: "decoder").url
      try folder.write("talks.jsonl", TinyLanguageModel.conversations(8))
      let arguments = [
        "finetune", "--model", model.path, "--task", "conversation", "--train-file",
        folder("talks.jsonl").path, "--output", tiny.output.path, "--max-steps", "1", "--method",
        "full", "--show-tokens", "--overwrite",
      ]
      let green = "\u{1B}[32m"
      #expect(try seen(arguments).contains(green))
      // https://no-color.org: unless it is empty.
      #expect(try seen(arguments, environment: ["NO_COLOR="]).contains(green))
      let plain = try seen(arguments, environment: ["NO_COLOR=1"])
      #expect(!plain.contains(green) && plain.contains("[["))
    }

    /// The scripts for all three shells, and what bash makes of its own.
    @Test func shellsCompleteWords() throws {
      for shell in ["bash", "zsh", "fish"] {
        let result = try Command.run(["--generate-completion-script", shell])
        #expect(result.status == 0 && result.output.contains("sparsegrad"), "\(shell)")
        try tiny.folder.write("completion.\(shell)", result.output)
      }
      guard (try? ChildProcess(running: ["bash", "--version"]).wait())?.status == 0 else { return }
      func completions(_ words: String...) throws -> [String] {
        let result = try ChildProcess(
          running: [
            "bash", "-c",
            """
            source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            _sparsegrad sparsegrad "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """, tiny.path("completion.bash"), "sparsegrad",
          ] + words
        ).wait()
        #expect(result.status == 0, "\(result)")
        return result.lines.map { $0.trimmingCharacters(in: .whitespaces) }
      }
      #expect(try completions("fin") == ["finetune"])
      #expect(try completions("finetune", "--learning-r") == ["--learning-rate"])
      #expect(try completions("finetune", "--method", "spa") == ["sparsegrad", "sparsegrad-paper"])
    }
  }
}
