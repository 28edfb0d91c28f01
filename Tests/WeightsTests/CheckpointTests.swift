import Foundation
import Support
import Testing

@testable import Weights

@Suite struct CheckpointTests {
  @Test func shardsHoldWhatOneFileHolds() throws {
    let single = try Checkpoint(folder: fixtures.appendingPathComponent("single"))
    let sharded = try Checkpoint(folder: fixtures.appendingPathComponent("sharded"))
    #expect(single.names.count == 25)
    #expect(single.names == sharded.names)
    let files = try Set(sharded.names.map { try sharded.tensor($0).url.lastPathComponent })
    #expect(files.count > 1)
    for name in single.names {
      #expect(try single.tensor(name).floats() == sharded.tensor(name).floats())
    }
    #expect(try Fingerprint(of: single) == Fingerprint(of: sharded))
  }

  /// `weight_map`, the tensors in files `one` and `two`, and the message behind the folder's name.
  static let wrong = [
    (
      #"{"a": "one", "b": "../two"}"#, ["a"], ["b"],
      #"weight_map, tensor "b": "../two" leaves the folder, expected a file in it"#
    ),
    (
      #"{"a": "sub/../../one"}"#, ["a"], ["b"],
      #"weight_map, tensor "a": "sub/../../one" leaves the folder"#
    ),
    (
      #"{"a": "/etc/passwd"}"#, ["a"], ["b"],
      #"weight_map, tensor "a": "/etc/passwd" leaves the folder"#
    ),
    (#"{"a": ""}"#, ["a"], ["b"], #"weight_map, tensor "a": "" leaves the folder"#),
    (#"{"a": 1}"#, ["a"], ["b"], #"weight_map, tensor "a": expected the name of a file"#),
    (#"["a"]"#, ["a"], ["b"], #"key "weight_map": is ["a"], expected an object"#),
    (#"{"a": "one", "c": "three"}"#, ["a"], ["b"], "cannot be opened: No such file"),
    (
      #"{"a": "one", "b": "two", "c": "two"}"#, ["a"], ["b"],
      #"tensor "c": is missing, though model.safetensors.index.json says it is here"#
    ),
    (#"{"a": "one", "b": "two"}"#, ["a", "b"], ["b"], #"tensor "b": is in one, too"#),
  ]

  @Test(arguments: wrong)
  func refusesAWrongIndex(
    _ map: String, _ one: [String], _ two: [String], _ expected: String
  ) throws {
    try withTemporaryFolder { folder in
      for (name, tensors) in [("one", one), ("two", two)] {
        try SafetensorsWriter.write(
          tensors.map { NamedTensor($0, shape: [1], [1]) }, to: folder.appendingPathComponent(name))
      }
      try folder.appendingPathComponent("model.safetensors.index.json")
        .write(#"{"metadata": {}, "weight_map": \#(map)}"#)
      let found = message { _ = try Checkpoint(folder: folder) }
      #expect(found.hasPrefix(folder.path) && found.contains(": " + expected), "\(found)")
    }
  }

  /// The hub's cache is made of links that lead out of the folder.
  @Test func followsLinks() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        at: folder.appendingPathComponent("model.safetensors"),
        withDestinationURL: fixtures.appendingPathComponent("single/model.safetensors"))
      #expect(try Checkpoint(folder: folder).names.count == 25)
    }
  }

  @Test func refusesAFolderWithoutWeights() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { _ = try Checkpoint(folder: folder) }
          == "\(folder.path): holds no model.safetensors and no model.safetensors.index.json")
      let pickle = folder.appendingPathComponent("pytorch_model.bin")
      try pickle.write("")
      let found = message { _ = try Checkpoint(folder: folder) }
      #expect(
        found.hasPrefix("\(folder.path): holds pytorch_model.bin, expected model.safetensors."))
      #expect(found.contains("save_pretrained(folder, safe_serialization=True)"))
      #expect(
        message { _ = try Checkpoint(folder: pickle) }
          == "\(pickle.path): is a file, expected a folder")
      let missing = folder.appendingPathComponent("missing")
      #expect(message { _ = try Checkpoint(folder: missing) } == "\(missing.path): no such folder")
    }
  }
}
