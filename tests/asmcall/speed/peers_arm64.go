//go:build linux

package main

var assembly []way
