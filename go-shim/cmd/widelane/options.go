package main

import "strings"

// An option is one row of a command's option table, in the form that users of GNU tools know: -w 76, -w76,
// --wrap 76, --wrap=76, --wr=76, short ones joined, operands anywhere, everything after -- an operand.
type option struct {
	short byte   // 0 if there is none
	long  string // empty if there is none
	value func(string) error
	flag  *bool // instead of value, for options that take none
}

// on declares an option without a value.
func on(short byte, long string, flag *bool) option {
	return option{short: short, long: long, flag: flag}
}

// parse applies options to the table's variables and returns the operands. -h and --help, which every command has,
// give errHelp.
func parse(args []string, table ...option) (operands []string, err error) {
	var help bool
	p := parser{rest: args, table: append(table, on('h', "help", &help))}
	for len(p.rest) > 0 && err == nil {
		arg := p.next()
		switch {
		case arg == "--":
			operands, p.rest = append(operands, p.rest...), nil
		case strings.HasPrefix(arg, "--"):
			err = p.long(arg[2:])
		case len(arg) > 1 && arg[0] == '-':
			err = p.short(arg[1:])
		default:
			operands = append(operands, arg)
		}
		if help {
			return nil, errHelp
		}
	}
	return operands, err
}

type parser struct {
	rest  []string
	table []option
}

func (p *parser) next() string {
	arg := p.rest[0]
	p.rest = p.rest[1:]
	return arg
}

// short handles the letters of one argument; a letter that takes a value takes the rest of the argument or the next.
func (p *parser) short(letters string) error {
	for i := 0; i < len(letters); i++ {
		o := p.findShort(letters[i])
		switch {
		case o == nil:
			return usagef("invalid option -- '%s'", printable(letters[i:i+1]))
		case o.flag != nil:
			*o.flag = true
			continue
		case i+1 < len(letters):
			return o.value(letters[i+1:])
		case len(p.rest) == 0:
			return usagef("option requires an argument -- '%c'", o.short)
		}
		return o.value(p.next())
	}
	return nil
}

func (p *parser) findShort(letter byte) *option {
	for i := range p.table {
		if p.table[i].short == letter {
			return &p.table[i]
		}
	}
	return nil
}

func (p *parser) long(arg string) error {
	name, value, hasValue := strings.Cut(arg, "=")
	o, err := p.findLong(name)
	switch {
	case err != nil:
		return err
	case o.flag != nil && hasValue:
		return usagef("option '--%s' doesn't allow an argument", o.long)
	case o.flag != nil:
		*o.flag = true
		return nil
	case !hasValue && len(p.rest) == 0:
		return usagef("option '--%s' requires an argument", o.long)
	case !hasValue:
		value = p.next()
	}
	return o.value(value)
}

// findLong accepts a prefix that no other option has.
func (p *parser) findLong(name string) (*option, error) {
	var found []*option
	for i := range p.table {
		o := &p.table[i]
		switch {
		case o.long == "" || !strings.HasPrefix(o.long, name):
		case o.long == name:
			return o, nil
		default:
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		return nil, usagef("unrecognized option '--%s'", printable(name))
	}
	if len(found) > 1 {
		var list strings.Builder
		for _, o := range found {
			list.WriteString(" '--" + o.long + "'")
		}
		return nil, usagef("option '--%s' is ambiguous; possibilities:%s", printable(name), list.String())
	}
	return found[0], nil
}
