//! Tables for instruction sets that cannot compress a vector by a mask: a byte shuffle for each mask of eight bytes.

/// Of a shuffle that fills a byte with 0.
const NONE: u8 = 0x80;

/// For each mask of eight bytes that are left out, the shuffle that brings the others to the front.
pub const WITHOUT: [[u8; 8]; 256] = {
    let mut all = [[NONE; 8]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut lane, mut to) = (0, 0);
        while lane < 8 {
            if mask >> lane & 1 == 0 {
                all[mask][to] = lane;
                to += 1;
            }
            lane += 1;
        }
        mask += 1;
    }
    all
};

/// Of eight pairs of bytes: for each mask of those that count as a whole, where of the others only the second does, the
/// shuffle that leaves no gaps.
pub const PAIRS: [[u8; 16]; 256] = {
    let mut all = [[NONE; 16]; 256];
    let mut mask = 0;
    while mask < 256 {
        let (mut lane, mut to) = (0, 0);
        while lane < 8 {
            if mask >> lane & 1 == 1 {
                all[mask][to] = 2 * lane;
                to += 1;
            }
            all[mask][to] = 2 * lane + 1;
            to += 1;
            lane += 1;
        }
        mask += 1;
    }
    all
};
