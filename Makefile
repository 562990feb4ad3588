# Two commands on a fresh machine: `make demo` to see it, `make test` to check it.
# 一台新机器上只需两条命令：make demo 看演示，make test 做检查。
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := benchmarks src tests tools
# What the test environment holds: `test`, or `spark` (test and Spark), by default the larger one where Java is found.
JAVA := $(shell command -v java 2>/dev/null)
SET ?= $(if $(JAVA),spark,test)
PYTEST_ARGS ?=

.PHONY: help
help: ## Show this list · 显示本列表
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

.PHONY: demo
demo: $(STAMP)-core assets ## Install and open a demo shop · 安装并打开演示商店
	$(BIN)/huaxiang demo

.PHONY: test
test: setup ## Everything: style, types, architecture, tests · 全部检查与测试
	@VENV=$(VENV) PYTEST_ARGS='$(PYTEST_ARGS)' bash tools/run_checks.sh

.PHONY: check
check: setup ## Style, types and architecture, without the tests · 只查风格、类型与结构
	@VENV=$(VENV) bash tools/run_checks.sh --static

.PHONY: fix
fix: $(STAMP)-test ## Format the code and mend what can be mended · 自动整理代码格式
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

.PHONY: setup
setup: $(STAMP)-$(SET) assets ## Install what the tests need · 安装测试所需的一切

.PHONY: assets
assets: $(STAMP)-core ## Collect the front-end files · 收集前端文件
	@$(BIN)/python tools/collect_assets.py

.PHONY: bench
bench: setup ## Measure the headline figures (N=100000 customers) · 测量主要性能数字
	$(BIN)/python -m benchmarks.town_100k $(if $(N),--customers $(N))

.PHONY: dist
dist: $(STAMP)-core assets ## Build the wheel into dist/ · 打包到 dist/
	$(BIN)/hatchling build -t wheel

.PHONY: constraints
constraints: $(STAMP)-core ## Renew the pinned versions · 更新锁定的版本
	@$(BIN)/python tools/pin_versions.py

.PHONY: clean
clean: ## Remove everything that was installed or built · 删除安装与构建的产物
	rm -rf $(VENV) .build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
		src/huaxiang/server/static/vendor

$(BIN)/python:
	@bash tools/make_venv.sh $(VENV)

# Each set holds the one before it, so a smaller one is never installed over a larger one.
$(STAMP)-core: constraints/core.txt pyproject.toml | $(BIN)/python
	@bash tools/install.sh $(VENV) core

$(STAMP)-test: constraints/test.txt $(STAMP)-core
	@bash tools/install.sh $(VENV) test

$(STAMP)-spark: constraints/spark.txt $(STAMP)-test
	@bash tools/install.sh $(VENV) spark
