import SparseGrad
import TestSupport
import Testing

/// What cannot be compared: a message that names it, before the first run.
extension GLUECommandTests {
  @Test(
    arguments: [
      (["--tasks", "RTE,squad"], 64, "--tasks: \"squad\" is not known"),
      (["--tasks", "RTE,rte"], 1, "--tasks: RTE is there twice"),
      (["--methods", "full,dora"], 64, "\"dora\": "),
      (["--methods", "full,,lora"], 64, "--methods: expected a method"),
      (["--methods", "sparsegrad:axes=both,axes=none"], 64, "axes is there twice"),
      (["--methods", "sparsegrad:axes=diagonal"], 64, "\"sparsegrad:axes=diagonal\": "),
      (["--methods", "sparsegrad:axis=model"], 64, "--axis"),
      (["--methods", "lora:lora-rank=0"], 64, "--lora-rank: 0 is out of range"),
      (["--methods", "lora:lora-alpha=4"], 64, "lora-alpha needs lora-rank"),
      (["--methods", "meprop:axes=hidden"], 64, "--axes: has no meaning for --method meprop"),
      (["--methods", "lora:axes=both"], 64, "--axes: has no meaning for --method lora"),
      (["--methods", "full:density=0.1"], 64, "--density: has no meaning for --method full"),
      (["--methods", "sparsegrad:lora-rank=2"], 64, "\"sparsegrad:lora-rank=2\": --lora-rank"),
      (["--methods", "sparsegrad:method=lora"], 64, "expected settings like axes=hidden"),
      (["--methods", "lora:density=2"], 64, "density: expected a positive number, at most 1"),
      (["--methods", "lora:density=0.1,lora-rank=2"], 64, "exclude each other"),
      (["--density", "0"], 64, "--density: 0.0 is out of range"),
      (["--density", "1.01"], 64, "--density: 1.01 is out of range"),
      (["--seeds", "1,1"], 1, "--seeds: 1 is there twice"),
      (["--seeds", "one"], 64, "--seeds"),
      (["--learning-rates", "1e-3,,2e-3"], 64, "\"\": expected a positive number"),
      (["--learning-rates", "adam=1e-3"], 64, "\"adam\" is no method"),
      (["--learning-rates", "1e-3,0"], 64, "\"0\": expected a positive number"),
      (["--learning-rates", "1e-3,1e-3"], 1, "--learning-rates: 0.001 is there twice"),
      (
        ["--learning-rates", "1e-3,sparsegrad-paper=2e-3"], 1,
        "--learning-rates: sparsegrad-paper has rates, but none of --methods takes them"
      ),
      (
        ["--methods", "full", "--learning-rates", "1e-3,full=2e-3"], 1,
        "--learning-rates: 0.001 is for all methods"
      ),
      (["--models", "/nowhere"], 1, "/nowhere: no such folder"),
      (["--data", "/nowhere"], 1, "/nowhere: no such folder"),
      (["--epochs", "0"], 64, "--epochs: expected from 1"),
      (["--submission", "s", "--tasks", "WNLI"], 1, "WNLI"),
    ] as [([String], Int, String)])
  func saysWhatIsWrong(flags: [String], status: Int, message: String) throws {
    let tiny = try TinyGLUE([.rte])
    let result = try Command.run(tiny.glue("--tasks", "RTE") + flags)
    #expect(result.status == Int32(status))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(tiny.output.contents.isEmpty)
  }

  @Test(
    arguments: [
      ("index\tsentence1\tlabel\n0\ta\tentailment\n", "line 1: expected the header of RTE"),
      (
        "index\tsentence1\tsentence2\tlabel\n0\ta\tentailment\n",
        "line 2: expected 4 fields as there are columns, found 3"
      ),
      (
        "index\tsentence1\tsentence2\tlabel\n0\ta\t\"b\nc\"\tentailment\n",
        "line 2: expected 4 fields as there are columns, found 3; quotes do not hold tabs"
      ),
      (
        "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tmaybe\n",
        "line 2: label \"maybe\" is not known"
      ),
    ])
  func saysWhatIsWrongWithTheData(content: String, message: String) throws {
    let tiny = try TinyGLUE([.cola, .rte])
    try tiny.folder.write("glue/RTE/dev.tsv", content)
    let result = try Command.run(tiny.glue("--tasks", "CoLA,RTE"))
    // Before the first run, although RTE is the second task.
    #expect(result.status == 1 && tiny.output.contents.isEmpty)
    #expect(result.errors.contains("RTE/dev.tsv: \(message)"), "\(result.errors)")
  }
}
