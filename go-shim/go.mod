module github.com/widelane/widelane/go-shim

go 1.25
