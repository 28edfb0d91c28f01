import Foundation
import SparseGrad
import TestSupport
import Testing

/// The checksum of event files.
@Suite struct CRC32CTests {
  /// Known values: of RFC 3720, and the usual one of the nine digits.
  @Test func agreesWithKnownValues() {
    #expect(CRC32C.checksum([]) == 0)
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
    // The length of the first record that TensorFlow writes into every event file: 24 bytes.
    #expect(CRC32C.masked([24, 0, 0, 0, 0, 0, 0, 0]) == 0x224B_7FA3)
  }
}

extension TrainingRuns {
  /// What a run leaves for TensorBoard.
  @Suite struct TensorBoardTests {
    private func files(of run: TinyRun) -> [URL] {
      let folder = run.output.appendingPathComponent("tensorboard")
      return folder.contents.map(folder.appendingPathComponent)
    }

    @Test func hasTheNumbersOfTheLog() throws {
      var run = try TinyRun { $0.evaluation = .steps(3) }
      run.job.evaluatesFirst = true
      let figures = try run.job.run()
      let files = files(of: run)
      #expect(files.map(\.lastPathComponent) == ["events.out.tfevents.000001.sparsegrad"])
      let events = try EventFileReader(files[0]).events
      #expect(events[0].version == "brain.Event:2" && events[0].time > 1.7e9)
      let settings = try #require(events[1].texts["settings"])
      #expect(settings.contains("| learningRate | 0.003 |") && settings.contains("| seed |"))
      for line in try run.output.jsonLines("log.jsonl") {
        let step = try #require(line["step"] as? Int)
        let values = events.filter { $0.step == step }.map(\.values).reduce(into: [:]) {
          $0.merge($1) { $1 }
        }
        for key in ["loss", "learning_rate", "gradient_norm", "tokens_per_second", "epoch"]
        where line["validation"] == nil {
          #expect(values["train/\(key)"] == (line[key] as? Double).map { Float($0) })
        }
        for (key, value) in line["validation"] as? [String: Double] ?? [:] {
          #expect(values["validation/\(key)"] == Float(value))
        }
      }
      #expect(events[2].step == 0 && events[2].values["validation/accuracy"] != nil)
      let last = try #require(events.last { $0.values["memory_mb/total"] != nil })
      #expect(
        last.values["memory_mb/weights"] == Float(Double(figures.peakMemory["weights"] ?? 0) / 1e6))
      #expect(try #require(last.values["memory_mb/process"]) > 1)
    }

    /// A run that goes on begins another file, which says what of the first one does not count any more; the model is
    /// that of a run which was not interrupted.
    @Test func goesOnAfterAnInterruption() throws {
      let folder = try TemporaryFolder()
      let straight = try TinyRun(in: folder, output: "straight") { $0.saveInterval = 2 }
      var run = try TinyRun(in: folder) { $0.saveInterval = 2 }
      // What is there if the process is killed in step 5: the checkpoint of step 4, and a log that is further.
      _ = try straight.job.run { event in
        if case .step(let record) = event, record.step == 5 {
          try FileManager.default.copyItem(at: straight.output, to: run.output)
        }
        return .continue
      }
      let torn = try FileHandle(forWritingTo: files(of: run)[0])
      let size = try torn.seekToEnd()
      try torn.truncate(atOffset: size - 3)
      run.job.start = .resuming
      _ = try run.job.run()
      let files = files(of: run)
      try #require(files.count == 2)
      let events = try EventFileReader(files[1]).events
      #expect(events[1].restarts && events[1].step == 5)
      #expect(events.filter { $0.values["train/loss"] != nil }.map(\.step) == [5, 6])
      #expect(try run.weights() == straight.weights())
      if TensorBoardReader.isInstalled {
        let read = try TensorBoardReader.read(files[0].deletingLastPathComponent())
        #expect(read.scalars["train/loss"]?.map(\.step) == Array(1...6))
      }
      // Another run in this folder begins anew.
      run.job.start = .overwriting
      _ = try run.job.run()
      #expect(self.files(of: run).count == 1)
    }

    /// What TensorBoard's own reader makes of a run that was interrupted and gone on with.
    @Test(.enabled(if: TensorBoardReader.isInstalled)) func isReadByTensorBoard() throws {
      var run = try TinyRun { $0.evaluation = .steps(2) }
      _ = try? run.job.run { event in
        if case .step(let record) = event, record.step == 3 { return .stop }
        return .continue
      }
      run.job.start = .resuming
      _ = try run.job.run()
      #expect(files(of: run).count == 2)
      let read = try TensorBoardReader.read(run.output.appendingPathComponent("tensorboard"))
      let lines = try run.output.jsonLines("log.jsonl")
      let losses = lines.compactMap { $0["loss"] as? Double }.map { Float($0) }
      #expect(losses.count == 6)
      #expect(read.scalars["train/loss"]?.map(\.step) == Array(1...6))
      #expect(read.scalars["train/loss"]?.map { Float($0.value) } == losses)
      #expect(read.scalars["validation/accuracy"]?.map(\.step) == [2, 4, 6])
      #expect(read.scalars["memory_mb/total"]?.count == 6)
      #expect(read.texts["settings"]?.contains("| learningRate | 0.003 |") == true)
    }
  }
}
