//! What happens next, as a line of steps with the date of each.

use super::element::{all, element};
use super::text::{paragraph, plain};
use yew::prelude::*;

/// A step: when, and what.
pub type Step = (AttrValue, AttrValue);

/// The steps, in order.
pub fn steps(steps: Vec<Step>) -> Html {
    let mut items = Vec::new();
    for (when, what) in steps {
        let parts = all(vec![paragraph("step-when", when), plain(what)]);
        items.push(element("li", "", parts));
    }
    element("ol", "steps", all(items))
}
