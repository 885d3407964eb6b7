//! Request ids: `req_001`, `req_002`, … unique in a session.

/// A counter of request ids that never repeats one, nor one that the reader chose by hand.
///
/// A counter and not a timestamp: two requests may share a millisecond.
#[derive(Debug, Default)]
pub struct RequestIds {
    last: u64,
    /// Numbers beyond the next one that were chosen by hand.
    taken: Vec<u64>,
}

impl RequestIds {
    /// Returns the id that the next call of [`RequestIds::fresh`] will return.
    pub fn preview(&self) -> String {
        Self::format(self.last + 1)
    }

    /// Returns a fresh id.
    pub fn fresh(&mut self) -> String {
        self.last += 1;
        let id = Self::format(self.last);
        self.skip_taken();
        id
    }

    /// Notes an id that was chosen by hand, so that the counter skips it.
    pub fn take(&mut self, id: &str) {
        let number = id.strip_prefix(PREFIX).and_then(|digits| digits.parse().ok());
        if let Some(number) = number.filter(|number| *number > self.last) {
            self.taken.push(number);
            self.skip_taken();
        }
    }

    /// Moves on until the next number is free. What is passed need not be remembered any more.
    fn skip_taken(&mut self) {
        while let Some(at) = self.taken.iter().position(|taken| *taken <= self.last + 1) {
            self.last = self.last.max(self.taken.swap_remove(at));
        }
    }

    fn format(number: u64) -> String {
        format!("{PREFIX}{number:03}")
    }
}

const PREFIX: &str = "req_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_from_one_with_three_digits() {
        let mut ids = RequestIds::default();
        assert_eq!(ids.preview(), "req_001");
        assert_eq!((ids.fresh(), ids.fresh()), ("req_001".into(), "req_002".into()));
        let mut ids = RequestIds { last: 998, ..RequestIds::default() };
        assert_eq!((ids.fresh(), ids.fresh()), ("req_999".into(), "req_1000".into()));
    }

    #[test]
    fn the_counter_skips_ids_taken_by_hand() {
        let mut ids = RequestIds::default();
        ids.take("req_002");
        ids.take("req_003");
        ids.take("mine");
        assert_eq!((ids.fresh(), ids.fresh()), ("req_001".into(), "req_004".into()));
    }
}
