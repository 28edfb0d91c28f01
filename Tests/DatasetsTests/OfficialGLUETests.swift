import Datasets
import Foundation
import Testing

/// The unpacked official download; its terms do not let it be part of this project.
private let folder = ProcessInfo.processInfo.environment["GLUE_DATA"]

/// Rows of the official splits and, of a classification, how many have each label.
@Test(
  .enabled(if: folder != nil, "GLUE_DATA names no folder"),
  arguments: [
    (.cola, .train, [2528, 6023]), (.cola, .validation, [322, 721]),
    (.sst2, .train, [29780, 37569]), (.sst2, .validation, [428, 444]),
    (.mrpc, .train, [1194, 2474]), (.mrpc, .validation, [129, 279]),
    (.rte, .train, [1249, 1241]), (.rte, .validation, [146, 131]),
    (.stsb, .train, [5749]), (.stsb, .validation, [1500]),
    (.wnli, .train, [323, 312]), (.wnli, .validation, [40, 31]),
    (.qnli, .validation, [2702, 2761]), (.mnli, .validation, [3479, 3123, 3213]),
  ] as [(GLUETask, GLUETask.Split, [Int])])
func officialFilesAreReadInFull(task: GLUETask, split: GLUETask.Split, counts: [Int]) throws {
  let folder = URL(fileURLWithPath: try #require(folder))
  let dataset = try task.dataset(contentsOf: task.file(of: split, in: folder))
  #expect(dataset.examples.count == counts.reduce(0, +))
  guard task.kind == .classification else { return }
  for (index, count) in counts.enumerated() {
    #expect(dataset.examples.count { $0.target == .label(index) } == count)
  }
}
