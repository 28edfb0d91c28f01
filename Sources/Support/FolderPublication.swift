import Foundation

/// Puts a result that was prepared inside a folder into its place there: several files and folders that belong
/// together, beside others that stay.
///
/// Where the folder holds an older result, a reader must find all of the old or all of the new, whenever the process
/// is killed. So a second folder is made beside it, with the new files and, as hard links, everything that stays; then
/// the two change places in one step. Where that is impossible (the folder is a mount point, the one above it cannot
/// be written, the file system has no hard links or cannot exchange folders) files are renamed one by one, and `keys`,
/// without which no reader takes the folder for a result, go first and come back near the end: killed half-way, the
/// folder holds no result that can be read.
package struct FolderPublication {
  /// The folder to write.
  let folder: URL
  /// A folder in it, with the new files.
  let staged: URL
  /// What the old result alone has: it goes.
  let dropped: Set<String>
  /// What makes a result of the folder.
  let keys: [String]
  /// Files that say that all others are there, in this order.
  let last: [String]

  /// Folders with more files than this are not copied as links.
  private let mostLinks: Int

  package init(
    of staged: URL, in folder: URL, dropping dropped: Set<String>, keys: [String], last: [String],
    mostLinks: Int = 100_000
  ) {
    self.mostLinks = mostLinks
    self.folder = folder.resolvingSymlinksInPath()
    self.staged = self.folder.appendingPathComponent(staged.lastPathComponent)
    self.dropped = dropped
    self.keys = keys
    self.last = last
  }

  /// The place for the new files, which is not there yet.
  package static func staging(in folder: URL) -> URL {
    AtomicOutput.sibling(of: folder.appendingPathComponent("result"), "")
  }

  /// - Returns: a lock on the folder, which may be another than before; the one on the old folder keeps nobody out of it.
  /// - Throws: `InputError` naming the folder and the system's reason.
  package func run() throws -> FileLock? {
    do {
      try AtomicOutput.synchronizeTree(staged)
      let fresh = try names(in: staged)
      let old = keys.filter {
        (fresh.contains($0) || dropped.contains($0)) && exists(folder.appendingPathComponent($0))
      }
      if !old.isEmpty, let lock = try exchange(fresh) { return lock }
      try moveOneByOne(fresh, replacing: old)
      return nil
    } catch {
      throw AtomicOutput.reason(error).map {
        InputError(folder.path, "cannot be written: \($0)")
      } ?? error
    }
  }

  // MARK: In one step

  /// Nil when it cannot be done like this; everything is then as before.
  private func exchange(_ fresh: Set<String>) throws -> FileLock? {
    let new = AtomicOutput.sibling(of: folder, "")
    try? FileManager.default.removeItem(at: new)
    guard !isCurrent(folder), rename(staged.path, new.path) == 0 else { return nil }
    var links = 0
    guard let lock = FileLock.ifFree(folder: new),
      try link(from: folder, to: new, except: dropped.union(fresh), &links),
      takeAccess(of: folder, for: new), AtomicOutput.exchange(new, folder)
    else {
      try undo(new, fresh)
      return nil
    }
    // What is called `new` is the old folder from here on.
    try AtomicOutput.synchronize(folder.deletingLastPathComponent())
    for name in try names(in: new) where !dropped.contains(name) && !fresh.contains(name) {
      let (old, copy) = (new.appendingPathComponent(name), folder.appendingPathComponent(name))
      if !exists(copy) {
        // It came after the links were made.
        rename(old.path, copy.path)
      } else if isRealFolder(old) {
        // The folder itself goes back, with all that may have come into it.
        _ = AtomicOutput.exchange(old, copy)
      }
    }
    try? FileManager.default.removeItem(at: new)
    return lock
  }

  private func undo(_ new: URL, _ fresh: Set<String>) throws {
    try FileManager.default.createDirectory(at: staged, withIntermediateDirectories: false)
    for name in fresh {
      try AtomicOutput.check(
        rename(
          new.appendingPathComponent(name).path, staged.appendingPathComponent(name).path))
    }
    try FileManager.default.removeItem(at: new)
  }

  /// Gives every file of a folder a second name in another one.
  /// - Returns: false when that is impossible.
  private func link(
    from source: URL, to target: URL, except names: Set<String>, _ count: inout Int
  ) throws -> Bool {
    for name in try self.names(in: source) where !names.contains(name) {
      let (old, new) = (source.appendingPathComponent(name), target.appendingPathComponent(name))
      // The one that the new files have just come from.
      if old.path == staged.path { continue }
      count += 1
      guard count <= mostLinks else { return false }
      if isRealFolder(old) {
        guard mkdir(new.path, 0o777) == 0, takeAccess(of: old, for: new),
          try link(from: old, to: new, except: [], &count)
        else { return false }
      } else if Foundation.link(old.path, new.path) != 0 {
        // A file that has gone meanwhile is none of ours.
        guard errno == ENOENT else { return false }
      }
    }
    return true
  }

  /// Who may read and write a folder is as before.
  private func takeAccess(of old: URL, for new: URL) -> Bool {
    var status = stat()
    guard stat(old.path, &status) == 0 else { return false }
    // Only root can give folders away; others own what they could replace.
    if chown(new.path, status.st_uid, status.st_gid) != 0, geteuid() == 0 { return false }
    return chmod(new.path, status.st_mode & 0o7777) == 0
  }

  /// A shell that is in the folder would find itself in one that is removed.
  private func isCurrent(_ url: URL) -> Bool {
    let current = FileManager.default.currentDirectoryPath
    return (current + "/").hasPrefix(url.path + "/")
  }

  // MARK: One by one

  private func moveOneByOne(_ fresh: Set<String>, replacing old: [String]) throws {
    for name in old { AtomicOutput.remove(folder.appendingPathComponent(name)) }
    try AtomicOutput.synchronize(folder)
    for name in dropped { AtomicOutput.remove(folder.appendingPathComponent(name)) }
    let late = (keys + last).filter(fresh.contains)
    for name in fresh.subtracting(late).sorted() { try move(name) }
    try AtomicOutput.synchronize(folder)
    for name in late { try move(name) }
    try FileManager.default.removeItem(at: staged)
    try AtomicOutput.synchronize(folder)
  }

  private func move(_ name: String) throws {
    let target = folder.appendingPathComponent(name)
    if isRealFolder(target) { AtomicOutput.remove(target) }
    try AtomicOutput.check(rename(staged.appendingPathComponent(name).path, target.path))
  }

  // MARK: Files

  private func names(in folder: URL) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
  }

  /// Links count as what they are.
  private func exists(_ url: URL) -> Bool {
    var status = stat()
    return lstat(url.path, &status) == 0
  }

  private func isRealFolder(_ url: URL) -> Bool {
    var status = stat()
    return lstat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
