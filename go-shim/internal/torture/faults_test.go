package torture

// machine is the planted machine code, where there is any.
type machine struct {
	spin    func(n int) // without a preemption point
	hidden  func(n int) // with the stack moved in secret
	clobber func(n int) // without a register of the runtime's
	deep    func()      // below its stack
	fault   func()      // at address 0, with the stack moved in secret
}

// faults is nil in builds without machine code.
var faults *machine
