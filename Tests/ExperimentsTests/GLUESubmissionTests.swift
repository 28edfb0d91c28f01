import Foundation
import SparseGrad
import TestSupport
import Testing

@testable import Experiments

@Suite struct GLUESubmissionTests {
  @Test(
    arguments: [
      (.cola, "0"), (.sst2, "0"), (.mrpc, "0"), (.qqp, "0"), (.wnli, "0"), (.rte, "entailment"),
      (.qnli, "entailment"),
    ] as [(GLUETask, String)])
  func namesLabelsAsTheBenchmarkDoes(task: GLUETask, first: String) throws {
    let second = first == "0" ? "1" : "not_entailment"
    let text = GLUESubmission.text(
      task, indices: ["0", "1", "7"], outputs: [[2, 1], [-1, 3], [0.5, 0.5]])
    #expect(text == "index\tprediction\n0\t\(first)\n1\t\(second)\n7\t\(first)\n")
  }

  @Test func namesThreeLabels() {
    let text = GLUESubmission.text(
      .mnli, indices: ["0", "1", "2"], outputs: [[2, 1, 0], [0, 2, 1], [0, 1, 2]])
    #expect(text == "index\tprediction\n0\tentailment\n1\tneutral\n2\tcontradiction\n")
  }

  @Test func clipsNumbers() {
    let text = GLUESubmission.text(
      .stsb, indices: ["0", "1", "2"], outputs: [[-0.2], [5.01], [2.34567]])
    #expect(text == "index\tprediction\n0\t0.000\n1\t5.000\n2\t2.346\n")
  }

  @Test func filesHaveTheOfficialNames() {
    #expect(
      GLUETask.allCases.flatMap { task in
        task.testSplits.map { GLUESubmission.fileName(task, $0) }
      } == [
        "CoLA.tsv", "SST-2.tsv", "MRPC.tsv", "STS-B.tsv", "QQP.tsv", "MNLI-m.tsv", "MNLI-mm.tsv",
        "QNLI.tsv", "RTE.tsv", "WNLI.tsv",
      ])
  }
}
