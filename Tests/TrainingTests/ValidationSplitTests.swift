import Foundation
import SparseGrad
import Testing

/// What `--validation-split` holds out.
@Suite struct ValidationSplitTests {
  private func data(_ labels: [Int]) throws -> Dataset {
    try Dataset(
      examples: labels.enumerated().map { Example(text: "\($0)", target: .label($1)) },
      labels: LabelSet(["a", "b", "c"], source: "test"), source: "test")
  }

  private func count(_ data: Dataset, _ label: Int) -> Int {
    data.examples.count { $0.target == .label(label) }
  }

  @Test func everyLabelHasItsShare() throws {
    let all = try data((0..<200).map { $0 % 10 == 0 ? 1 : 0 })
    let (training, held) = try all.split(validationShare: 0.1, seed: 7)
    #expect(held.examples.count == 20 && count(held, 1) == 2)
    #expect(training.examples.count == 180 && count(training, 1) == 18)
    // Nothing is lost, nothing is there twice, and both are in the order of the data.
    let places = { (data: Dataset) in data.examples.compactMap { Int($0.text) } }
    #expect(places(training) == places(training).sorted() && places(held) == places(held).sorted())
    #expect((places(training) + places(held)).sorted() == Array(0..<200))
  }

  @Test func dependsOnTheSeedAlone() throws {
    let all = try data((0..<100).map { $0 % 3 })
    let held = try [1, 1, 2].map { try all.split(validationShare: 0.2, seed: $0).validation }
    #expect(held[0] == held[1] && held[0] != held[2])
  }

  @Test func aLabelStaysToBeLearnt() throws {
    let (training, held) = try data([0, 0, 1, 2, 2, 2]).split(validationShare: 0.9, seed: 1)
    #expect([0, 1, 2].allSatisfy { count(training, $0) == 1 })
    #expect(count(held, 1) == 0 && held.examples.count == 3)
    let numbers = try Dataset(
      examples: (0..<10).map { Example(text: "x", target: .value(Float($0))) }, source: "test")
    #expect(try numbers.split(validationShare: 0.01, seed: 1).validation.examples.count == 1)
    for labels in [[0], [0, 1, 2]] {
      #expect(throws: InputError.self) {
        try data(labels).split(validationShare: 0.5, seed: 1)
      }
    }
    #expect(throws: InputError.self) { try data([0, 0]).split(validationShare: 1, seed: 1) }
  }
}
