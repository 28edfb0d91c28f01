import Support

/// The class of `transformers` that reads a folder's tokenizer. It decides what of the folder counts.
enum TokenizerClass: CaseIterable {
  /// BERT's standard tokenizer over a vocabulary; of `tokenizer.json` only the vocabulary and the added tokens count.
  case bert
  /// The same for a model without token types.
  case distilBERT
  /// RoBERTa's standard tokenizer over a vocabulary and merges.
  case roberta
  /// LLaMA's standard tokenizer over the vocabulary and merges of `tokenizer.json`, or else over `tokenizer.model` of
  /// SentencePiece.
  case llama
  /// `tokenizer.json` as it stands, which must be BPE whose tokens stand for bytes. (`transformers` 5 drops splits of its own that the file
  /// has, such as that of digits in SmolLM2's, with which the models were trained.)
  case byteLevel
  /// `tokenizer.json` as it stands.
  case file

  /// - Throws: `InputError` naming the key when it names a class that reads text in other ways.
  init(_ field: JSONField) throws {
    let name = try field.string()
    // The names of transformers 4 for the same classes end like this.
    let plain = name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
    guard let found = Self.allCases.first(where: { !$0.names.isDisjoint(with: [name, plain]) })
    else {
      let supported = Self.allCases.flatMap { $0.names.sorted() }.joined(separator: ", ")
      throw field.error("\"\(name)\" is not supported; supported: \(supported)")
    }
    self = found
  }

  /// The class for a `model_type` of `config.json` where no class is named; nil for other models.
  init?(modelType: String) {
    switch modelType {
    case "bert": self = .bert
    case "roberta": self = .roberta
    default: return nil
    }
  }

  private var names: Set<String> {
    switch self {
    case .bert:
      [
        "BertTokenizer", "ElectraTokenizer", "LayoutLMTokenizer", "LxmertTokenizer",
        "MobileBertTokenizer", "SqueezeBertTokenizer",
      ]
    case .distilBERT: ["DistilBertTokenizer"]
    case .roberta:
      [
        "RobertaTokenizer", "BartTokenizer", "LEDTokenizer", "LongformerTokenizer", "MvpTokenizer",
      ]
    case .llama: ["LlamaTokenizer"]
    case .byteLevel: ["GPT2Tokenizer", "Qwen2Tokenizer"]
    case .file: ["PreTrainedTokenizerFast", "PreTrainedTokenizer", "TokenizersBackend"]
    }
  }

  /// The special tokens that are there whatever the files say, by their keys.
  var standardTokens: [String: String] {
    switch self {
    case .bert, .distilBERT:
      [
        "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
        "mask_token": "[MASK]",
      ]
    case .roberta:
      [
        "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>",
        "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>",
      ]
    case .llama: ["unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"]
    case .byteLevel, .file: [:]
    }
  }

  /// What the model is given unless the files say otherwise (`model_input_names`).
  var standardTypeIds: Tokenizer.TypeIds { self == .bert ? .fromTemplate : .zero }
}
