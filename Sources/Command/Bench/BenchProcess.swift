import ArgumentParser
import Foundation
import SparseGrad

/// Measures in a process of its own, so that its peak of memory is its own.
enum BenchProcess {
  /// - Throws: `ExitCode` when that process failed; it has said why.
  static func measure<Measurement: Decodable>(_ task: BenchmarkTask) throws -> Measurement {
    let process = Process()
    let input = Pipe(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [BenchWorker._commandName]
    (process.standardInput, process.standardOutput) = (input, output)
    do {
      try process.run()
    } catch {
      throw InputError(
        "sparsegrad", "cannot start itself: \(AtomicOutput.reason(error) ?? "\(error)")")
    }
    let worker = process.processIdentifier
    // The worker is in a process group of its own: it does not hear Ctrl-C.
    Thread.detachNewThread {
      while kill(worker, 0) == 0 && !Interrupt.hasSignal { Thread.sleep(forTimeInterval: 0.1) }
      if Interrupt.hasSignal { kill(worker, SIGTERM) }
    }
    // A process that has failed already reads nothing.
    try? input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(task))
    try? input.fileHandleForWriting.close()
    let result = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit else {
      throw InputError("sparsegrad", "ended by signal \(process.terminationStatus)")
    }
    guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
    return try JSONDecoder().decode(Measurement.self, from: result)
  }
}

/// One measurement of `sparsegrad bench`: reads a task from standard input, writes what it has measured.
struct BenchWorker: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-worker", abstract: "Measure one task of bench.", shouldDisplay: false)

  func run() throws {
    let parent = getppid()
    // Nobody waits for the measurement once `bench` has been interrupted.
    func proceed() throws {
      if getppid() != parent { throw ExitCode.failure }
    }
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let task = try? JSONDecoder().decode(BenchmarkTask.self, from: input) else {
      throw InputError("standard input", "holds no task of sparsegrad bench")
    }
    switch task {
    case .steps(let job):
      let peak = try ProductPeak.measure(job.precision, threads: job.threads)
      try Console.printJSON(BenchmarkRun(job, productPeak: peak).measure(proceed))
    case .decomposition(let job): try Console.printJSON(job.measure(proceed))
    }
  }
}
