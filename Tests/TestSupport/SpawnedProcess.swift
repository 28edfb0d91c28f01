import Foundation

/// A process in a session of its own.
///
/// A thread of its own starts it and waits for its end. The kernel kills the process when that thread ends, so it does
/// not outlive the tests, however they end.
final class SpawnedProcess: @unchecked Sendable {
  enum Ending: Sendable {
    case exit(Int32)
    case signal(Int32)
  }

  /// What is started.
  struct Launch {
    let command: [String]
    let environment: [String: String]
    let input: URL, output: URL, errors: URL
  }

  private enum State {
    case starting
    case refused(Int32)
    case running(pid_t)
    case ended(Ending)
  }

  /// Guards the state; tells that it is started.
  private let changed = NSCondition()
  private var state = State.starting
  /// The session of the process and of all that it starts.
  private var session: pid_t = 0

  /// - Throws: `POSIXError` when it cannot be started.
  init(_ launch: Launch) throws {
    Thread.detachNewThread { self.run(launch) }
    try changed.withLock {
      while case .starting = state { changed.wait() }
      if case .refused(let problem) = state { throw POSIXError(.init(rawValue: problem) ?? .EIO) }
    }
  }

  /// How it has ended; nil if it runs.
  var ending: Ending? {
    changed.withLock { if case .ended(let ending) = state { ending } else { nil } }
  }

  func send(_ signal: Int32) {
    changed.withLock { if case .running(let id) = state { _ = kill(id, signal) } }
  }

  /// Kills it and all that it has started, in their process groups or its own.
  func killSession() {
    // More than once: one of them may just have started another.
    for _ in 0..<3 {
      let processes = URL(fileURLWithPath: "/proc").contents.compactMap { pid_t($0) }
      for process in processes where getsid(process) == session { kill(process, SIGKILL) }
    }
  }

  private func run(_ launch: Launch) {
    var id: pid_t = 0
    let problem = launch.spawn(&id)
    changed.withLock {
      session = id
      state = problem == 0 ? .running(id) : .refused(problem)
      changed.broadcast()
    }
    guard problem == 0 else { return }
    // Its number stays its own until it is taken off the system's list, so nobody else gets a signal.
    var information = siginfo_t()
    while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    changed.withLock {
      var status: Int32 = 0
      waitpid(id, &status, 0)
      let signal = status & 0x7F
      state = .ended(signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal))
    }
  }
}

extension SpawnedProcess.Launch {
  /// Starts it as a child of this thread.
  /// - Returns: an error number, or 0.
  fileprivate func spawn(_ id: inout pid_t) -> Int32 {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, input.path, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.path, O_WRONLY | O_APPEND, 0)
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors.path, O_WRONLY | O_APPEND, 0)
    for other in URL(fileURLWithPath: "/proc/self/fd").contents.compactMap({ Int32($0) })
    where other > STDERR_FILENO {
      posix_spawn_file_actions_addclose(&files, other)
    }

    // No signal is blocked or ignored, whatever this thread does with it.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    // POSIX_SPAWN_SETSID, which Swift does not see among the extensions of the C library.
    let ownSession = 0x80
    posix_spawnattr_setflags(
      &attributes,
      Int16(ownSession | Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF)))

    // `setpriv` asks the kernel for the signal and becomes the command.
    let arguments = ["setpriv", "--pdeathsig", "KILL", "--"] + command
    var argv = arguments.map { strdup($0) } + [nil]
    var environ = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + environ { free(text) } }
    return posix_spawnp(&id, arguments[0], &files, &attributes, &argv, &environ)
  }
}
