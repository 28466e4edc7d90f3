//! What happens next, as a line of steps with the date of each.

use super::text::{paragraph, plain};
use yew::prelude::*;

/// A step: when, and what.
pub type Step = (AttrValue, AttrValue);

/// The steps, in order.
pub fn steps(steps: Vec<Step>) -> Html {
    html! {
        <ol class="steps">
            { for steps.into_iter().map(|(when, what)| html! {
                <li>{ paragraph("step-when", when.into()) }{ plain(what) }</li>
            }) }
        </ol>
    }
}
