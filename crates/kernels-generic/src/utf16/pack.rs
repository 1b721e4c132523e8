//! Tables for instruction sets that cannot compress a vector by a mask: a byte shuffle for each mask of a few lanes.

/// Of a shuffle that fills a byte with 0.
const NONE: u8 = 0x80;

/// For each mask of eight lanes of 16 bits, the shuffle that brings those of the mask to the front.
pub const PACK_UNITS: [[u8; 16]; 256] = {
    let mut all = [[NONE; 16]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut lane, mut to) = (0, 0);
        while lane < 8 {
            if mask >> lane & 1 == 1 {
                all[mask][to] = 2 * lane;
                all[mask][to + 1] = 2 * lane + 1;
                to += 2;
            }
            lane += 1;
        }
        mask += 1;
    }
    all
};

/// Of four lanes of 32 bits, each with a character's bytes in the lowest three, the last of them the third: for each mask of
/// lanes that have two bytes or more, and in its upper half of lanes that have three, the shuffle that leaves no gaps.
pub const PACK_BYTES: [[u8; 16]; 256] = {
    let mut all = [[NONE; 16]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut lane, mut to) = (0, 0);
        while lane < 4 {
            let wanted = [mask >> (4 + lane) & 1, mask >> lane & 1, 1];
            let mut byte = 0;
            while byte < 3 {
                if wanted[byte] == 1 {
                    all[mask][to] = (4 * lane + byte) as u8;
                    to += 1;
                }
                byte += 1;
            }
            lane += 1;
        }
        mask += 1;
    }
    all
};
