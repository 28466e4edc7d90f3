//! The screens that this widget has put into the browser's history, and what to do there when the
//! screen changes. It only decides; `app` carries out.

/// The screens behind the resident, by address; the last is where they are.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    screens: Vec<String>,
    /// Whether the browser's history brought the resident here.
    is_led: bool,
}

/// What to do in the browser's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stay,
    /// Note the screen in the entry that is there.
    Replace,
    /// Add an entry; before the first, note in the entry that is there which screen it was.
    Push(Option<String>),
}

impl Trail {
    /// The widget came to a screen.
    pub fn go(&mut self, address: &str) -> Step {
        let is_led = std::mem::take(&mut self.is_led);
        let count = self.screens.len();
        match self.screens.last_mut() {
            // Nothing of the host's is touched until the resident has moved.
            None => {
                self.screens.push(address.to_owned());
                Step::Stay
            }
            Some(last) if last == address => Step::Stay,
            // Going back from these leads to the answers.
            Some(_) if address == "sending" || address == "not-sent" => Step::Stay,
            // The history led to a screen where the resident may not be: this one stands in for it.
            Some(last) if is_led || address == "sent" || stands_in(address, last) => {
                address.clone_into(last);
                Step::Replace
            }
            Some(last) => {
                let first = (count == 1).then(|| last.clone());
                self.screens.push(address.to_owned());
                Step::Push(first)
            }
        }
    }

    /// Whether the browser's own Back leads to this screen.
    pub fn leads_back_to(&self, address: &str) -> bool {
        self.screens.iter().rev().nth(1).is_some_and(|before| before == address)
    }

    /// An entry could not be added.
    pub fn undo(&mut self) {
        self.screens.pop();
    }

    /// The browser's own Back or Forward came to a screen.
    pub fn led(&mut self, address: &str) {
        self.is_led = true;
        match self.screens.iter().rposition(|it| it == address) {
            Some(at) => self.screens.truncate(at + 1),
            // From before a reload, or ahead: what lies behind it is not known.
            None => self.screens = vec![address.to_owned()],
        }
    }
}

/// Whether this screen takes the place of that one: nobody who has signed in goes back to signing in, nor
/// forward to a case that they have left.
fn stands_in(address: &str, last: &str) -> bool {
    matches!((address, last), ("case", "sign-in") | ("sign-in", "case"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(screens: &[&str]) -> Trail {
        let mut trail = Trail::default();
        for address in screens {
            trail.go(address);
        }
        trail
    }

    #[test]
    fn nothing_is_touched_before_the_resident_moves() {
        let mut trail = Trail::default();
        assert_eq!(trail.go("start"), Step::Stay);
        assert_eq!(trail.go("a"), Step::Push(Some("start".into())));
        assert_eq!(trail.go("b"), Step::Push(None));
    }

    #[test]
    fn back_in_the_widget_is_the_browsers_own_back() {
        let mut trail = at(&["start", "a", "b"]);
        assert!(trail.leads_back_to("a"));
        assert!(!trail.leads_back_to("start"));
        trail.led("a");
        assert_eq!(trail.go("a"), Step::Stay);
        assert_eq!(trail.go("b"), Step::Push(None));
        assert!(!at(&["b"]).leads_back_to("a"));
    }

    #[test]
    fn continue_after_a_reload_and_a_back_goes_forward() {
        let mut trail = at(&["account"]);
        trail.led("report");
        assert_eq!(trail.go("report"), Step::Stay);
        assert_eq!(trail.go("account"), Step::Push(Some("report".into())));
    }

    #[test]
    fn a_screen_where_the_resident_may_not_be_gives_its_entry_to_the_one_that_is_shown() {
        let mut trail = at(&["start", "representative", "check"]);
        trail.led("representative");
        assert_eq!(trail.go("check"), Step::Replace);
    }

    #[test]
    fn sending_makes_no_entry_and_what_was_sent_takes_the_place_of_the_answers() {
        let mut trail = at(&["start", "check"]);
        assert_eq!(trail.go("sending"), Step::Stay);
        assert_eq!(trail.go("not-sent"), Step::Stay);
        assert_eq!(trail.go("sending"), Step::Stay);
        assert_eq!(trail.go("sent"), Step::Replace);
    }

    #[test]
    fn a_case_takes_the_place_of_signing_in_to_it() {
        let mut trail = at(&["start", "sign-in"]);
        assert_eq!(trail.go("case"), Step::Replace);
        assert!(trail.leads_back_to("start"));
        assert_eq!(at(&["start", "sent"]).go("case"), Step::Push(Some("sent".into())));
    }
}
