package crc32

func ieeeUpdate(crc uint32, p []byte) (ret uint32) { return ieeeUpdateGeneric(crc, p) }

func castagnoliUpdate(crc uint32, p []byte) (ret uint32) { return castagnoliUpdateGeneric(crc, p) }
