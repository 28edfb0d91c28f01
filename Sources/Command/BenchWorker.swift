import ArgumentParser
import Foundation
import SparseGrad

/// One measurement of `sparsegrad bench`: reads a job from standard input, writes what it measured.
struct BenchWorker: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-worker", abstract: "Measure one job of bench.", shouldDisplay: false)

  func run() throws {
    let parent = getppid()
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    let job: BenchmarkJob
    do {
      job = try JSONDecoder().decode(BenchmarkJob.self, from: input)
    } catch {
      throw InputError("standard input", "holds no job of sparsegrad bench")
    }
    // Nobody waits for the measurement once `bench` has been interrupted.
    let measurement = try BenchmarkRun(job).measure {
      if getppid() != parent { throw ExitCode.failure }
    }
    try Console.printJSON(measurement)
  }
}

extension BenchmarkJob {
  /// Measures the job in a process of its own.
  /// - Throws: `ExitCode` when that process failed; it has said why.
  func measureInOwnProcess() throws -> BenchmarkMeasurement {
    let process = Process()
    let input = Pipe(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["bench-worker"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(self))
    try input.fileHandleForWriting.close()
    let result = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ExitCode(process.terminationStatus) }
    return try JSONDecoder().decode(BenchmarkMeasurement.self, from: result)
  }
}
