# The methods that the studies of single runs name, sourced by them: `method_flags NAME RANK` sets the array `flags`.
#
# full, lora, meprop, paper, sparsegrad, core (the dense core), random (as many elements, by chance); signal and core-signal are
# sparsegrad and core with a basis of mean gradients, dynamic is sparsegrad with a support chosen at every step. RANK is LoRA's, the nearest to 1 % of a weight's elements.
method_flags() {
  case $1 in
  full | meprop | sparsegrad) flags=(--method "$1") ;;
  paper) flags=(--method sparsegrad-paper) ;;
  lora) flags=(--method lora --lora-rank "$2") ;;
  core) flags=(--method sparsegrad --support core) ;;
  signal) flags=(--method sparsegrad --basis-score mean) ;;
  core-signal) flags=(--method sparsegrad --support core --basis-score mean) ;;
  dynamic) flags=(--method sparsegrad --support dynamic) ;;
  random) flags=(--method meprop --support random) ;;
  *)
    echo "$1 is no method of this study" >&2
    return 64
    ;;
  esac
}
