import Models

extension HeadKind {
  /// What `adapter_config.json` calls the task (`task_type`).
  var peftTask: String {
    switch self {
    case .sequence: "SEQ_CLS"
    case .token: "TOKEN_CLS"
    case .vocabulary: "CAUSAL_LM"
    }
  }

  /// The head of a task; nil if its adapters have none that is known here.
  init?(peftTask name: String) {
    guard let kind = HeadKind.allCases.first(where: { $0.peftTask == name }) else {
      return nil
    }
    self = kind
  }
}
