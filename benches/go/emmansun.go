//go:build emmansun

package main

import emmansun "github.com/emmansun/base64"

func init() {
	base64Peers = append(base64Peers, struct {
		name  string
		codec codec
	}{"emmansun/base64", emmansun.StdEncoding})
}
