import Foundation
import Support
import Weights

/// Where a model's chat template stands.
struct ChatTemplateSource {
  let template: String
  let file: String

  /// - Throws: `InputError` when there is none, or one that cannot be used.
  static func required(_ model: ModelFolder) throws -> ChatTemplateSource {
    if let source = try ChatTemplateSource(model) { return source }
    let place =
      model.isGGUF
      ? "tokenizer.chat_template in its metadata" : "chat_template in tokenizer_config.json"
    throw InputError(
      model.url.path, "has no chat template, expected \(place): it is no model for conversations")
  }

  /// Nil when there is none.
  /// - Throws: `InputError` when there is one that cannot be used.
  init?(_ model: ModelFolder) throws {
    if model.isGGUF {
      guard let template = try GGUFFile(model.url).tokenizer()?.chatTemplate else {
        return nil
      }
      (self.template, file) = (template, model.url.path)
      return
    }
    let own = model.url.appendingPathComponent("chat_template.jinja")
    if FileManager.default.fileExists(atPath: own.path) {
      template = String(decoding: try InputFile.textBytes(of: own), as: UTF8.self)
      file = own.path
      return
    }
    let settings = model.url.appendingPathComponent("tokenizer_config.json")
    guard FileManager.default.fileExists(atPath: settings.path) else { return nil }
    let configuration = try ConfigurationFile(settings)
    file = settings.path
    switch configuration["chat_template"] {
    case .string(let text)?: template = text
    case .array(let templates)?:
      // Several by name: the one called default is for conversations.
      let named = templates.compactMap { entry -> String? in
        guard case .object(let object) = entry, case .string("default")? = object["name"],
          case .string(let text)? = object["template"]
        else { return nil }
        return text
      }
      guard let text = named.first else {
        throw configuration.error("chat_template", expected: "a template called \"default\"")
      }
      template = text
    case nil, .null?: return nil
    default: throw configuration.error("chat_template", expected: "a text")
    }
  }
}
