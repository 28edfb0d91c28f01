import Foundation
import SparseGrad

// fine-tune MODEL TRAIN HELD OUTPUT
//
// Fine-tunes the model of a Hugging Face folder on a table of texts and labels, and labels a sentence.

let places = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
guard places.count == 4 else { exit("usage: fine-tune MODEL TRAIN HELD OUTPUT") }

do {
  let train = try Dataset(contentsOf: places[1], targets: .labels(nil))
  let held = try Dataset(contentsOf: places[2], targets: .labels(train.labels))

  var job = FineTuning(model: places[0], training: train, validation: held, output: places[3])
  job.settings.epochs = 1
  job.start = .overwriting
  let figures = try job.run { event in
    if case .step(let step) = event { print("step \(step.step): loss \(step.loss)") }
    return .continue
  }
  print("accuracy \(figures.score ?? 0) after \(figures.steps) steps")

  let classifier = try TextClassifier(folder: places[3])
  let answers = try classifier.predict([Example(text: "a gripping, beautifully acted film")])
  print(answers[0].label ?? "", answers[0].probabilities)
} catch {
  exit("\(error)")
}

func exit(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(1)
}
