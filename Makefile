# Aliases for people who type make; the work is in scripts/dev.sh.
# Options go into ARGS: make test ARGS="tests/badges -x"
.PHONY: run test check fix bench faults screenshots containers lock
run test check fix bench faults screenshots containers lock:
	@sh scripts/dev.sh $@ $(ARGS)
