module github.com/widelane/widelane/benches

go 1.25

require (
	github.com/segmentio/asm v1.2.1
	github.com/tmthrgd/go-hex v0.0.0-20190904060850-447a3041c3bc
	github.com/widelane/widelane/go-shim v0.0.0
)

require golang.org/x/sys v0.0.0-20220412211240-33da011f77ad // indirect

replace github.com/widelane/widelane/go-shim => ../../go-shim
