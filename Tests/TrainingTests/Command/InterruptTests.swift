import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Signals, as people and terminals send them. `Scripts/test-interrupts.sh` does the same for longer, with a model
  /// whose products take longer.
  @Suite struct InterruptTests {
    static let methods = [
      "--method full", "--method lora", "--method meprop --trainable mlp+head",
      "--method sparsegrad", "--method sparsegrad --axes both --sharing shared",
    ]

    @Test(arguments: methods, Precision.allCases) func interruptedRunsEndWithTheSameBytes(
      method: String, precision: Precision
    ) throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune(
        method.split(separator: " ").map(String.init) + [
          "--precision", precision.rawValue, "--dropout", "0.1", "--max-steps", "100",
          "--evaluate-every", "1000",
        ])
      let clock = ContinuousClock()
      let began = clock.now
      #expect(try Command.run(flags + ["--output", tiny.path("straight")]).status == 0)
      let duration = (clock.now - began) / .seconds(1)
      var random = RandomStream(seed: 1, purpose: .shuffling, index: method.count)
      for turn in 0... {
        let command = try Command(flags + ["--resume"])
        if turn < 4 {
          Thread.sleep(forTimeInterval: duration * .random(in: 0.1...0.6, using: &random))
          command.send([SIGINT, SIGTERM, SIGHUP][turn % 3])
        }
        let result = try command.wait()
        // None: the signal came before there was anything to keep.
        guard let status = result.status else { continue }
        if status == 0 { break }
        #expect(status == 1 && result.errors.contains("interrupted"), "\(result.errors)")
        guard turn < 4 else { break }
      }
      #expect(
        try tiny.output.data("model.safetensors")
          == tiny.folder("straight").data("model.safetensors"))
    }

    /// A step that takes long can be given up.
    @Test(arguments: [SIGINT, SIGTERM]) func theSecondSignalEndsAtOnce(signal: Int32) throws {
      // A first signal that comes before the long step ends the run by itself: then it is begun again.
      for _ in 0..<10 {
        let tiny = try TinyCommand()
        try tiny.folder.write("train.tsv", TinyData.table(20_000))
        let command = try Command(
          tiny.finetune("--method", "full", "--gradient-accumulation", "2500"))
        try command.wait(for: "its log") { tiny.output.contents.contains("log.jsonl") }
        Thread.sleep(forTimeInterval: 0.3)
        command.send(signal)
        Thread.sleep(forTimeInterval: 0.3)
        command.send(signal)
        let clock = ContinuousClock.now
        guard try command.wait().status == nil else { continue }
        #expect(ContinuousClock.now - clock < .seconds(10))
        return
      }
      Issue.record("no run was in its step when the first signal came")
    }

    /// A terminal that closes sends its signal more than once; no step is lost by that.
    @Test func aTerminalThatClosesIsPatient() throws {
      let tiny = try TinyCommand()
      let command = try Command(
        tiny.finetune("--method", "full", "--max-steps", "5000", "--evaluate-every", "5000"))
      try command.wait(for: "its log") { tiny.output.contents.contains("log.jsonl") }
      for _ in 0..<50 { command.send(SIGHUP) }
      let result = try command.wait()
      #expect(result.status == 1 && result.errors.contains("interrupted after step"))
      #expect(tiny.output.contents.contains { $0.hasPrefix("checkpoint-") })
    }

    /// A process that is stopped and goes on, whose window changes, and whose children end, computes what others do.
    @Test func otherSignalsChangeNothing() throws {
      let tiny = try TinyCommand()
      let flags = tiny.finetune("--method", "full", "--max-steps", "300")
      #expect(try Command.run(flags + ["--output", tiny.path("straight")]).status == 0)
      let command = try Command(flags)
      for signal in [
        SIGSTOP, SIGCONT, SIGWINCH, SIGCHLD, SIGURG, SIGSTOP, SIGCONT, SIGTSTP, SIGCONT,
      ] {
        Thread.sleep(forTimeInterval: 0.03)
        command.send(signal)
      }
      #expect(try command.wait().status == 0)
      #expect(
        try tiny.output.data("model.safetensors")
          == tiny.folder("straight").data("model.safetensors"))
    }
  }
}
