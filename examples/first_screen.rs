//! Writes the first screen, as Yew's server renderer makes it, for the script to carry: HTML on the
//! standard output, from the file of words named on the command line.

use std::error::Error;
use std::io::Write;
use std::rc::Rc;
use std::{env, fs, io};

use domain::json::Json;
use housing_complaint::messages::Messages;
use housing_complaint::pages::{self, Around, Page};
use housing_complaint::session::Session;
use housing_complaint::settings::Settings;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
struct FirstProps {
    settings: Settings,
}

#[component]
fn First(props: &FirstProps) -> Html {
    let (session, around) = (Session::default(), Around::default());
    let settings = &props.settings;
    let (dispatch, ask) = (Callback::noop(), Callback::noop());
    pages::first(&Page {
        settings,
        session: &session,
        dispatch: &dispatch,
        ask: &ask,
        around: &around,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("name a file of words: locales/en.json")?;
    let words: Json = serde_json::from_str(&fs::read_to_string(&file)?)?;
    let words = words.fields().ok_or("the file of words is not one JSON object")?.to_vec();
    let language = file.rsplit(['/', '\\']).next().and_then(|it| it.strip_suffix(".json"));
    let settings = Settings {
        messages: Rc::new(Messages::new(words, Vec::new())),
        language: language.unwrap_or_default().to_owned(),
        heading_level: 2,
        ..Settings::default()
    };
    let renderer = yew::LocalServerRenderer::<First>::with_props(FirstProps { settings });
    let html = futures::executor::block_on(renderer.hydratable(false).render());
    Ok(writeln!(io::stdout(), "{html}")?)
}
