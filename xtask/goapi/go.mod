module github.com/widelane/widelane/xtask/goapi

go 1.25
