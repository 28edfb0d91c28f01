# make demo   fine-tune a real BERT on real text and try the result
# make test   everything the tests need, then the tests
# make help   the other targets

sources = Package.swift Sources Tests Examples
python = .deps/python

# of `make fuzz`: another seed reads other inputs
seed = 1
inputs = 20000

.PHONY: help setup build demo chat-demo test fuzz interrupts bench format lint docs portable fixtures clean
.DEFAULT_GOAL := build

help:
	@echo 'setup     fetch libraries and the small model into .deps'
	@echo 'build     optimised build (the default)'
	@echo 'demo      fetch, build, fine-tune, evaluate, predict'
	@echo 'chat-demo  fetch, build, talk to a small language model before and after fine-tuning it'
	@echo 'test      fetch, then build and run the tests, optimised: they compute; then Examples'
	@echo 'fuzz      read spoilt files of every kind: seed=1 inputs=20000'
	@echo 'interrupts  100 signals at random moments of runs of every method; count=100'
	@echo 'bench     speed and memory beside PyTorch; flags="..." of Benchmarks/peers/compare.py'
	@echo 'format    lay out the sources'
	@echo 'lint      check layout and style of sources and scripts'
	@echo 'docs      write the reference of the library by DocC'
	@echo 'portable  compile the C sources for another processor, too'
	@echo 'fixtures  write Tests/Fixtures again, with PyTorch and transformers'
	@echo 'clean     remove all that these targets made'

setup:
	Scripts/setup.sh

build:
	swift build -c release

demo: setup
	Scripts/demo-data.sh
	swift build -c release --product sparsegrad
	Scripts/demo.sh

chat-demo:
	Scripts/setup.sh --chat-model
	swift build -c release --product sparsegrad
	Scripts/chat-demo.sh

test:
	Scripts/setup.sh --search --test-database
	Scripts/test-examples.sh
	Scripts/test.sh

fuzz: setup
	swift build -c release --product sparsegrad
	swift run -c release Fuzz --seed $(seed) --inputs $(inputs)

interrupts: setup
	swift build -c release --product sparsegrad
	Scripts/test-interrupts.sh $(count)

bench: setup
	Benchmarks/peers/setup.sh
	swift build -c release --product sparsegrad
	.deps/peers/venv/bin/python Benchmarks/peers/compare.py $(flags)

format:
	swift format format --in-place --recursive $(sources)

lint:
	swift format lint --strict --recursive $(sources)
	@if command -v shellcheck >/dev/null; then shellcheck -x Scripts/*.sh Scripts/lib/*.sh Benchmarks/peers/*.sh .ci/run; fi

docs:
	Scripts/docs.sh

portable:
	Scripts/check-aarch64.sh

fixtures: setup $(python)/.ready
	$(python)/bin/python Tests/Fixtures/generate/bert.py
	$(python)/bin/python Tests/Fixtures/generate/roberta.py
	$(python)/bin/python Tests/Fixtures/generate/distilbert.py
	$(python)/bin/python Tests/Fixtures/generate/decoders.py
	$(python)/bin/python Tests/Fixtures/generate/chat_templates.py
	$(python)/bin/python Tests/Fixtures/generate/adapters.py
	$(python)/bin/python Tests/Fixtures/generate/tasks.py
	$(python)/bin/python Tests/Fixtures/generate/class_reports.py
	$(python)/bin/python Tests/Fixtures/generate/checkpoints.py
	$(python)/bin/python Tests/Fixtures/generate/metrics.py
	$(python)/bin/python Tests/Fixtures/generate/tokenizer_fixtures.py .deps/models/minilm/tokenizer.json
	$(python)/bin/python Tests/Fixtures/generate/byte_level_fixtures.py
	$(python)/bin/python Tests/Fixtures/generate/tokenizer_folders.py
	$(python)/bin/python Tests/Fixtures/generate/decoder_tokenizers.py
	$(python)/bin/python Tests/Fixtures/generate/sentencepiece_folders.py
	$(python)/bin/python Tests/Fixtures/generate/gguf_files.py
	$(python)/bin/python Tests/Fixtures/generate/scalar_traits.py
	swift format -i Sources/Tokenizers/Unicode/ScalarTraitRuns.swift

$(python)/.ready: Tests/Fixtures/generate/requirements.txt
	python3 -m venv --clear $(python)
	$(python)/bin/pip install --quiet --requirement $<
	touch $@

clean:
	rm -rf .build .build-docs .demo .deps
