//! Other ways to reach the landlord (Code 3.1), as its file gives them.

use domain::choices::Choice;
use domain::landlord::{Channel, ChannelKind};
use yew::prelude::*;

use super::element::{self, all, element};
use super::link::link;
use super::text::small;
use crate::messages::Messages;

/// A list of ways, each with what is known about it.
pub fn channels(messages: &Messages, channels: &[Channel]) -> Html {
    let channels = channels.iter().map(|it| channel(messages, it)).collect();
    element("dl", "contacts channels", all(channels))
}

fn channel(messages: &Messages, channel: &Channel) -> Html {
    let value = channel.value.as_ref().map(|value| {
        let text = element::text("bdi", "", value.clone().into());
        let shown = match channel.kind {
            ChannelKind::Phone => {
                html! { <a href={["tel:", &value.replace(' ', "")].concat()}>{ text }</a> }
            }
            ChannelKind::Email => html! { <a href={["mailto:", value].concat()}>{ text }</a> },
            ChannelKind::Portal | ChannelKind::WebForm => link(messages, value, text),
            ChannelKind::Post
            | ChannelKind::InPerson
            | ChannelKind::Staff
            | ChannelKind::Contractor => text,
        };
        element("p", "", shown)
    });
    let note = channel.note.as_ref().map(|note| small(note.clone()));
    let name = messages.t(&["channel.", channel.kind.key()].concat());
    let ways = all(value.into_iter().chain(note).collect());
    element("div", "", all(vec![element::text("dt", "", name), element("dd", "", ways)]))
}
