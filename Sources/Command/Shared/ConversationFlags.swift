import ArgumentParser
import Foundation
import SparseGrad

extension ConversationOptions.Replies: ExpressibleByArgument {}
extension LearntTurns: ExpressibleByArgument {}

/// What is taken of files of conversations, and learnt of them.
struct ConversationFlags: ParsableArguments {
  @Option(
    help:
      "With --task conversation, of OpenAssistant's trees: every way to a last reply, or only the best replies. (default: all)"
  )
  var replies: ConversationOptions.Replies?

  @Option(
    help: ArgumentHelp(
      "With --task conversation, of OpenAssistant's messages: languages that are taken, en,de for example. (default: all)",
      valueName: "languages"))
  var languages: CommaSeparated<String>?

  @Option(
    help:
      "With --task conversation, which tokens count for the loss: the assistant's answers, or those of all turns. (default: answers; to evaluate, as the model was trained)"
  )
  var lossOn: LearntTurns?

  /// What is learnt.
  var learntTurns: LearntTurns { lossOn ?? .answers }

  /// - Throws: `InputError` naming the flag that has no meaning for this task.
  func validate(for kind: TaskKind, _ columns: ColumnOptions) throws {
    if kind == .conversation {
      guard columns.names == ColumnNames() else {
        throw InputError("--task", "conversation has its own columns, expected none to be named")
      }
      return
    }
    let given = [
      ("--replies", replies != nil), ("--languages", languages != nil),
      ("--loss-on", lossOn != nil),
    ]
    for (flag, isGiven) in given where isGiven {
      throw InputError(flag, "has no meaning for --task \(kind.rawValue)")
    }
  }

  /// Reads a file.
  /// - Parameter notice: is told what was left out.
  func read(_ file: URL, _ notice: (String) -> Void) throws -> Dataset {
    var options = ConversationOptions()
    options.replies = replies ?? .all
    options.languages = languages.map { Set($0.values) }
    return try Dataset(conversationsOf: file, options, notice: notice)
  }
}
