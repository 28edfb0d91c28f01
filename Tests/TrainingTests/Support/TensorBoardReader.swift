import Foundation
import SparseGrad
import TestSupport

/// TensorBoard's own reader, where the Python of the fixtures has it.
enum TensorBoardReader {
  struct Content: Decodable {
    struct Point: Decodable {
      let step: Int
      let value: Double
    }
    let scalars: [String: [Point]]
    let texts: [String: String]
  }

  private static let python = fixtures.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".deps/python/bin/python").path

  static let isInstalled =
    (try? ChildProcess(running: [python, "-c", "import tensorboard"]).wait().status) == 0

  static func read(_ folder: URL) throws -> Content {
    let script = """
      import json, sys
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0, "scalars": 0}).Reload()
      scalars, texts = {}, {}
      for tag in events.Tags()["scalars"]:
          scalars[tag] = [{"step": e.step, "value": e.value} for e in events.Scalars(tag)]
      for tag in events.Tags()["tensors"]:
          metadata = events.SummaryMetadata(tag)
          value = events.Tensors(tag)[-1].tensor_proto
          if metadata.plugin_data.plugin_name == "text":
              texts[tag] = value.string_val[0].decode()
          else:
              scalars[tag] = [{"step": e.step, "value": e.tensor_proto.float_val[0]} for e in events.Tensors(tag)]
      print(json.dumps({"scalars": scalars, "texts": texts}))
      """
    let result = try ChildProcess(running: [python, "-c", script, folder.path]).wait()
    guard result.status == 0 else { throw ChildProcess.Failure(problem: "failed", result: result) }
    return try JSONDecoder().decode(Content.self, from: Data(result.output.utf8))
  }
}
