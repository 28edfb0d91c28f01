import Foundation
import SparseGrad

/// Drives workers over all inputs: starts another one behind an input that has ended the last.
struct Campaign {
  struct Finding {
    let index: Int
    let subject: String
    let symptom: String
  }

  let seed: UInt64
  let indices: Range<Int>
  let subjects: [Subject]
  /// The names of the chosen subjects, as a worker has to be told.
  let names: [String]
  let work: URL
  /// How many seconds a worker may be silent.
  let patience = 60
  /// How many inputs a worker reads.
  let share = 1000

  func run(_ report: (Finding) throws -> Void) throws {
    var next = indices.lowerBound
    while next < indices.upperBound {
      let end = min(indices.upperBound, next + share)
      let (last, cause) = try follow(next..<end) { index, symptom in
        try report(finding(index, symptom))
      }
      guard let cause else {
        next = end
        continue
      }
      guard let last else { throw Trouble("a worker cannot begin: \(cause)") }
      try report(finding(last, cause))
      next = last + 1
    }
  }

  private func finding(_ index: Int, _ symptom: String) -> Finding {
    Finding(index: index, subject: subjects[index % subjects.count].name, symptom: symptom)
  }

  /// - Returns: the input that a worker was at, and what ended it before its time.
  private func follow(_ indices: Range<Int>, _ trouble: (Int, String) throws -> Void) throws
    -> (last: Int?, cause: String?)
  {
    let process = Process(), output = Pipe()
    let errors = work.appendingPathComponent("errors")
    try Data().write(to: errors)
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "worker", String(seed), String(indices.lowerBound), String(indices.upperBound), work.path,
      names.joined(separator: ","),
    ]
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    var lines = LineReader(output.fileHandleForReading.fileDescriptor)
    var last: Int?
    while true {
      switch lines.next(within: patience) {
      case .line(let line):
        let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard parts.count >= 2, let index = Int(parts[1]) else { continue }
        last = index
        if parts[0] == "trouble", parts.count == 3 { try trouble(index, parts[2]) }
      case .silence:
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return (last, "no end after \(patience) s")
      case .end:
        process.waitUntilExit()
        if process.terminationReason == .exit, process.terminationStatus == 0 { return (last, nil) }
        let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
          .split(separator: "\n").first { $0.contains("rror") }
        let how = process.terminationReason == .exit ? "exit status" : "signal"
        return (last, "\(how) \(process.terminationStatus) \(said ?? "")")
      }
    }
  }
}

/// Lines from a pipe, with a deadline for each.
private struct LineReader {
  enum Event {
    case line(String), silence, end
  }

  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  mutating func next(within seconds: Int) -> Event {
    while true {
      if let end = buffer.firstIndex(of: 10) {
        defer { buffer.removeSubrange(...end) }
        return .line(String(decoding: buffer[..<end], as: UTF8.self))
      }
      guard hasMore(within: seconds) else { return .silence }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return .end }
      buffer += chunk[..<count]
    }
  }

  /// Seconds in which this process has run: on a machine that was suspended, or whose processes were, nobody was
  /// silent.
  private func hasMore(within seconds: Int) -> Bool {
    for _ in 0..<seconds {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&request, 1, 1000) > 0 { return true }
    }
    return false
  }
}
