// Package torture runs every kernel under what a Go program can do to machine code: protected pages on both sides of
// its arguments, the garbage collector, the profiler, the tracer, storms of signals, stacks that must grow right now.
// Each test carries a planted fault that it must find in the same run.
//
// There are only tests. A family adds a row to the table in table_test.go and is covered.
package torture
