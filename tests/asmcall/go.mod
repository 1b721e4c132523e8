module github.com/widelane/widelane/tests/asmcall

go 1.25.0

require (
	github.com/ebitengine/purego v0.11.3
	github.com/widelane/widelane/go-shim v0.0.0
)

replace github.com/widelane/widelane/go-shim => ../../go-shim
