module github.com/widelane/widelane/benches

go 1.25

require (
	github.com/minio/crc64nvme v1.1.1
	github.com/segmentio/asm v1.2.1
	github.com/tmthrgd/go-hex v0.0.0-20190904060850-447a3041c3bc
	github.com/widelane/widelane/go-shim v0.0.0
	github.com/zeebo/xxh3 v1.0.2
	golang.org/x/text v0.30.0
)

require (
	github.com/klauspost/cpuid/v2 v2.2.9 // indirect
	golang.org/x/sys v0.28.0 // indirect
)

replace github.com/widelane/widelane/go-shim => ../../go-shim
