# Aliases only; ./dev does the work.
.PHONY: run test check soak bench shots lock
run test check soak bench shots lock:
	./dev $@
