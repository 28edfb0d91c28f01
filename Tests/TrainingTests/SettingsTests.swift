import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// How settings are written down and read.
  @Suite struct SettingsTests {
    private func settings(_ text: String) throws -> TrainingSettings {
      try JSONDecoder().decode(TrainingSettings.self, from: Data(text.utf8))
    }

    @Test func whatIsWrittenIsRead() throws {
      var settings = TrainingSettings()
      settings.method = .lora(LoRASettings())
      (settings.scope, settings.learningRate, settings.batch) = (.head, 1e-3, .tokens(300))
      settings.schedule.warmUp = .steps(7)
      (settings.maximumGradientNorm, settings.patience, settings.metric) = (nil, 2, .matthews)
      settings.loss = ClassificationLoss(classWeights: .listed([1, 2]), labelSmoothing: 0.1)
      let data = try JSONEncoder().encode(settings)
      let read = try JSONDecoder().decode(TrainingSettings.self, from: data)
      #expect(read == settings)
      #expect(settings.learningRate == settings.optimizer.learningRate)
    }

    /// A later version may have more settings, and an earlier one fewer.
    @Test func otherSettingsAreTolerated() throws {
      let more = try settings(
        """
        {"version": 2, "optimizer": {"learningRate": 0.5, "momentum": 3}, "machines": 4,
         "schedule": {"epochs": 7}}
        """)
      var expected = TrainingSettings()
      (expected.learningRate, expected.epochs) = (0.5, 7)
      #expect(more == expected)
      #expect(try settings("{\"version\": 2}") == TrainingSettings())
    }

    @Test func otherVersionsAreRefused() {
      for text in [
        "{}", "{\"version\": 3}", "{\"version\": \"two\"}", "{\"version\": 2, \"run\": 1}",
      ] {
        #expect(throws: DecodingError.self) { try settings(text) }
      }
    }
  }
}
