//! `GET /openapi.json`: every address of the service, as OpenAPI 3.1 has it.
//!
//! The shapes of what is sent and received are those of the types themselves, by schemars. The table of
//! operations stands here, because the handlers read a request by hand (they read all of a body before
//! they refuse it, so that a browser learns why) and no library could infer it from them. A test holds it
//! against the router: an address that is missing here fails it.
//!
//! What is deliberately absent: an answer that the service can't give. Schemathesis tries every one of
//! them, on both databases.

use std::sync::LazyLock;

use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::case::{Act, Case, Next, Status, View};
use domain::choices;
use domain::receipt::Receipt;
use domain::record::{Adjustments, Representative, Submission};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// `GET /openapi.json`.
pub async fn get() -> Response {
    // It is the same for everybody and holds no secret, so any site may read it.
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-cache"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, TEXT.as_str()).into_response()
}

static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// The whole document.
pub fn document() -> Value {
    let mut shapes = Shapes::new();
    let operations = operations(&mut shapes);
    let mut paths = Map::new();
    for Operation { path, method, value } in operations {
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = value;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Housing complaints: the receiving service",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Receives complaints to English social landlords, and keeps the dates that the \
                Complaint Handling Code promises. Every refusal is a problem document (RFC 9457). \
                Moments are UTC (RFC 3339), days are days in London.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "tags": [
            { "name": "submissions", "description": "What a resident sends." },
            { "name": "cases", "description": "What has become of it, for the resident." },
            { "name": "uploads", "description": "Files, by the tus protocol 1.0.0." },
            { "name": "desk", "description": "The landlord's system." },
            { "name": "officers", "description": "The page of the complaints officers." },
            { "name": "service", "description": "The service itself." },
            { "name": "files", "description": "The form, and what it fetches." },
        ],
        "paths": paths,
        "components": {
            "schemas": shapes.all(),
            "securitySchemes": {
                "accessCode": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The 16 digits of the receipt; spaces and hyphens do not count. A wrong \
                        code and an unknown reference are the same 404.",
                },
                "officer": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-officer",
                    "description": "The session of an officer who has signed in.",
                },
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "hck_…",
                    "description": "A key of the landlord's system, made by `housing-complaint keys add`.",
                },
            },
        },
    })
}

/// The shapes that the operations name.
struct Shapes(SchemaGenerator);

impl Shapes {
    fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|it| {
            it.definitions_path = "/components/schemas".into();
            it.meta_schema = None;
        });
        Self(settings.into_generator())
    }

    /// What is sent to the service.
    fn of<T: JsonSchema>(&mut self) -> Value {
        self.0.subschema_for::<T>().to_value()
    }

    fn all(mut self) -> Value {
        Value::Object(self.0.take_definitions(true))
    }
}

/// A problem document (RFC 9457).
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct Problem {
    /// Always `about:blank`: the title is the name of the status.
    r#type: String,
    /// The name of the status.
    title: String,
    /// The status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong, for a person.
    #[schemars(with = "String")]
    #[serde(default)]
    detail: Option<String>,
    /// What is wrong, for a program.
    #[serde(default)]
    errors: Vec<Fault>,
}

/// What is wrong, and where.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct Fault {
    /// JSON pointer into the body; empty where it is about the whole.
    pointer: String,
    /// What is wrong there. It does not change between versions.
    code: String,
}

/// Words.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Message {
    /// The words. They are kept unchanged.
    #[schemars(length(min = 1), regex(pattern = r"\S"))]
    text: String,
}

/// A request for stage 2.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Stage2Request {
    /// Anything that the resident wants to say. No reasons are needed (Code 6.12).
    #[serde(default)]
    reasons: Option<String>,
}

/// Nothing to be said.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Nothing {}

/// Uploads that are to be part of a case.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Claim {
    /// Their ids.
    uploads: Vec<String>,
}

/// How far an upload has come.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct UploadStatus {
    /// The last part of its address.
    id: String,
    /// Its state: `incomplete`, `damaged`, `received`, `clean`, `infected`, `not_scanned`, `refused`.
    state: String,
    /// Why it is refused, or could not be scanned.
    #[schemars(with = "String")]
    #[serde(default)]
    reason: Option<String>,
    /// Its length in bytes, as announced.
    size: u64,
    /// How many of them are on disk.
    offset: u64,
    /// Its name on the sender's device.
    name: Option<String>,
    /// What it is by its content.
    r#type: Option<String>,
    /// SHA-256 of its bytes, in hexadecimal.
    sha256: Option<String>,
}

/// The uploads of a claim.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Claimed {
    /// In the order in which they were named.
    uploads: Vec<UploadStatus>,
}

/// What this service takes.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct Capabilities {
    /// Files.
    uploads: UploadLimits,
    /// Whether a resident can come back to their case.
    cases: bool,
    /// Whether a lost access code can be sent by e-mail.
    mail: bool,
}

/// What is taken of files.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct UploadLimits {
    /// Where they are sent.
    url: String,
    /// The longest file, in bytes.
    max_file_size: u64,
    /// The most files of a case.
    max_files: u64,
    /// The most bytes of all files of a case.
    max_total_size: u64,
    /// The media types that are taken.
    types: Vec<String>,
}

/// The landlord's act, or that somebody has seen the case.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum Patch {
    /// An act.
    Act(Act),
    /// Somebody at the landlord has the case.
    Confirm(Confirm),
}

/// Somebody at the landlord has the case.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct Confirm {
    act: ConfirmKey,
}

/// `confirm`.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "only its schema is used")]
enum ConfirmKey {
    Confirm,
}

/// A page of cases.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Cases {
    /// The cases, by when they last changed.
    cases: Vec<Listed>,
    /// What `after` must be for the next page. Absent on the last one.
    #[schemars(with = "String")]
    #[serde(default)]
    next: Option<String>,
}

/// A case in a list.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "only its schema is used")]
struct Listed {
    /// Its state.
    #[serde(flatten)]
    case: Case,
    /// What the landlord owes next.
    #[serde(default)]
    next: Option<Next>,
    /// What a complaints officer needs to see at once.
    flags: Vec<String>,
    /// The moment of receipt.
    received_at: String,
    /// The moment of the last change.
    updated_at: String,
    /// The moment at which a person or a system of the landlord had it.
    #[serde(default)]
    confirmed_at: Option<String>,
}

/// Whether the service works.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Health {
    /// `ok`.
    status: String,
}

/// Something that is wrong with a landlord's file.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Line {
    /// `error` or `warning`.
    level: String,
    /// The provision of the Code; `schema` where it has none.
    provision: String,
    /// JSON pointer into the file.
    pointer: String,
    /// What to change.
    sentence: String,
}

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// One operation.
struct Operation {
    path: &'static str,
    method: &'static str,
    value: Value,
}

impl Operation {
    fn new(method: &'static str, path: &'static str, id: &str, tag: &str, summary: &str) -> Self {
        let value = json!({
            "operationId": id,
            "tags": [tag],
            "summary": summary,
            "parameters": [],
            "security": [],
            "responses": {},
        });
        Self { path, method, value }.path_parameters()
    }

    /// Each `{name}` of the path.
    fn path_parameters(mut self) -> Self {
        for part in self.path.split('/') {
            let Some(name) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else {
                continue;
            };
            let description = match name {
                "reference" => "The number of the case: `K47-W92-F36`.",
                "id" => "Its id.",
                _ => "Its name.",
            };
            self = self.parameter("path", name, true, json!({ "type": "string" }), description);
        }
        self
    }

    fn parameter(
        mut self,
        place: &str,
        name: &str,
        required: bool,
        schema: Value,
        description: &str,
    ) -> Self {
        let parameter = json!({
            "in": place,
            "name": name,
            "required": required,
            "schema": schema,
            "description": description,
        });
        list(&mut self.value["parameters"]).push(parameter);
        self
    }

    fn header(self, name: &str, required: bool, schema: Value, description: &str) -> Self {
        self.parameter("header", name, required, schema, description)
    }

    fn query(self, name: &str, schema: Value, description: &str) -> Self {
        self.parameter("query", name, false, schema, description)
    }

    /// The key by which sending twice is the same as sending once.
    fn key(self, required: bool) -> Self {
        // With its hyphens: the other ways to write a UUID would be other keys to the sender.
        let pattern =
            "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
        let schema = json!({ "type": "string", "format": "uuid", "pattern": pattern });
        self.header("Idempotency-Key", required, schema, "The same again gives the same answer.")
    }

    /// Who may do this: one of these schemes.
    fn by(mut self, schemes: &[&str]) -> Self {
        let schemes = schemes.iter().map(|it| json!({ *it: [] }));
        self.value["security"] = schemes.collect();
        self
    }

    fn body(self, schema: Value) -> Self {
        self.body_as(JSON, schema)
    }

    fn body_as(mut self, media_type: &str, schema: Value) -> Self {
        self.value["requestBody"] =
            json!({ "required": true, "content": { media_type: { "schema": schema } } });
        self
    }

    /// No body is as good as an empty one.
    fn or_nothing(mut self) -> Self {
        self.value["requestBody"]["required"] = false.into();
        self
    }

    fn answer(self, status: u16, description: &str, schema: Value) -> Self {
        self.answer_as(status, description, JSON, schema)
    }

    fn answer_as(
        mut self,
        status: u16,
        description: &str,
        media_type: &str,
        schema: Value,
    ) -> Self {
        self.value["responses"][status.to_string()] =
            json!({ "description": description, "content": { media_type: { "schema": schema } } });
        self
    }

    fn empty(mut self, status: u16, description: &str) -> Self {
        self.value["responses"][status.to_string()] = json!({ "description": description });
        self
    }

    /// A header of the answer with this status.
    fn tells(mut self, status: u16, name: &str, schema: Value, description: &str) -> Self {
        self.value["responses"][status.to_string()]["headers"][name] =
            json!({ "description": description, "schema": schema });
        self
    }

    /// Refusals, each a problem document.
    fn refuses(mut self, refusals: &[(u16, &str)]) -> Self {
        for (status, description) in refusals {
            self.value["responses"][status.to_string()] = json!({
                "description": description,
                "content": { PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } } },
            });
            if matches!(status, 429) {
                let seconds = json!({ "type": "integer", "minimum": 1 });
                self = self.tells(*status, "Retry-After", seconds, "Seconds to wait.");
            }
        }
        self
    }
}

fn list(value: &mut Value) -> &mut Vec<Value> {
    value.as_array_mut().expect("an operation is made with a list of parameters")
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// A whole number in a header: one with a pattern, because a header is text.
fn number() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{1,18}$" })
}

const SLOW: (u16, &str) = (408, "The request took too long to arrive.");
const TOO_LONG: (u16, &str) = (413, "The body is longer than is read.");
const NOT_JSON: (u16, &str) = (415, "The body is not declared as JSON.");
const BUSY: (u16, &str) =
    (429, "Too much from one address, or too many wrong codes. Wait a moment.");
const BROKEN: (u16, &str) = (500, "A defect of the service. What it was is in its log.");
const AWAY: (u16, &str) = (503, "The database does not answer. Try again.");
const NO_CODE: (u16, &str) = (401, "No access code, or no key that is good.");
const NO_CASE: (u16, &str) =
    (404, "No such case, or not with this code or key: nobody can tell which.");
const NO_SCOPE: (u16, &str) = (403, "The key is not for this.");

fn operations(shapes: &mut Shapes) -> Vec<Operation> {
    // Named by every refusal.
    shapes.of::<Problem>();
    let mut all = submissions(shapes);
    all.extend(cases(shapes));
    all.extend(desk(shapes));
    all.extend(uploads(shapes));
    all.extend(service(shapes));
    all.extend(officers());
    all.extend(files());
    all
}

fn submissions(shapes: &mut Shapes) -> Vec<Operation> {
    let receipt = shapes.of::<Receipt>();
    let submit = Operation::new(
        "post",
        "/v1/submissions",
        "submit",
        "submissions",
        "Send a record",
    )
    .key(true)
    .body(shapes.of::<Submission>())
    .answer(201, "It is on disk. The receipt.", receipt.clone())
    .answer(200, "It was on disk before, with the same key. The same receipt.", receipt)
    .tells(200, "Location", text(), "The address of the case.")
    .tells(201, "Location", text(), "The address of the case.")
    .refuses(&[
        (400, "The Idempotency-Key is missing or is no UUID, or the body broke off."),
        SLOW,
        (409, "The same record is being stored at this moment. Send it again for its receipt."),
        TOO_LONG,
        NOT_JSON,
        (
            422,
            "The record can't be stored as it is: a question is not answered as the rules of the \
                form ask for, or the key was used for another record. `errors` says which.",
        ),
        BUSY,
        BROKEN,
        AWAY,
    ]);
    vec![submit]
}

fn cases(shapes: &mut Shapes) -> Vec<Operation> {
    let view = shapes.of::<View>();
    let on_case = |method, path, id: &str, summary: &str| {
        let status = if method == "post" { 201 } else { 200 };
        Operation::new(method, path, id, "cases", summary)
            .by(&["accessCode"])
            .key(false)
            .answer(status, "The case as it is now.", view.clone())
            .refuses(&[
                (400, "The Idempotency-Key is no UUID, or the body broke off."),
                NO_CASE,
                SLOW,
                (409, "It is not possible as the case is; `errors` says why."),
                TOO_LONG,
                (422, "The body is not as it must be, or the key was used for something else."),
                BUSY,
                BROKEN,
                AWAY,
            ])
    };
    let nothing = shapes.of::<Nothing>();
    let with_body = |it: Operation, schema: Value| it.body(schema).refuses(&[NOT_JSON]);
    vec![
        with_body(
            on_case("post", "/v1/cases/{reference}/messages", "message", "Say something"),
            shapes.of::<Message>(),
        ),
        with_body(
            on_case("post", "/v1/cases/{reference}/stage2", "askForStage2", "Ask for stage 2"),
            shapes.of::<Stage2Request>(),
        ),
        with_body(
            on_case(
                "post",
                "/v1/cases/{reference}/complaint",
                "complain",
                "Make a complaint of it",
            ),
            nothing.clone(),
        ),
        with_body(
            on_case("post", "/v1/cases/{reference}/withdrawal", "withdraw", "Take it back"),
            nothing.clone(),
        ),
        with_body(
            on_case("post", "/v1/cases/{reference}/reopening", "reopen", "Go on with it after all"),
            nothing.clone(),
        ),
        with_body(
            on_case(
                "post",
                "/v1/cases/{reference}/representatives",
                "addRepresentative",
                "Have somebody speak for the resident",
            ),
            shapes.of::<Representative>(),
        ),
        on_case(
            "delete",
            "/v1/cases/{reference}/representatives/{id}",
            "removeRepresentative",
            "Have somebody speak for the resident no longer",
        ),
        with_body(
            on_case(
                "put",
                "/v1/cases/{reference}/adjustments",
                "changeAdjustments",
                "Say which adjustments are needed from now on",
            ),
            shapes.of::<Adjustments>(),
        ),
        Operation::new(
            "post",
            "/v1/cases/{reference}/code",
            "sendCode",
            "cases",
            "Have a new access code sent to the e-mail address of the case",
        )
        .body(nothing.clone())
        .answer(202, "The same, whether there is such a case and an address or not.", nothing)
        .refuses(&[
            (400, "The body broke off."),
            SLOW,
            TOO_LONG,
            NOT_JSON,
            (422, "The body is not as it must be."),
            BUSY,
            BROKEN,
            AWAY,
        ]),
        Operation::new(
            "post",
            "/v1/cases/{reference}/evidence",
            "claimEvidence",
            "cases",
            "Make uploads part of a case: all of them, or none",
        )
        .by(&["accessCode"])
        .body(shapes.of::<Claim>())
        .answer(200, "They are part of it.", shapes.of::<Claimed>())
        .refuses(&[
            (400, "The body broke off."),
            NO_CASE,
            SLOW,
            TOO_LONG,
            NOT_JSON,
            (422, "One of them can't be part of it; `errors` says which."),
            BUSY,
            BROKEN,
            AWAY,
        ]),
    ]
}

fn desk(shapes: &mut Shapes) -> Vec<Operation> {
    let view = shapes.of::<View>();
    let moment = json!({ "type": "string", "format": "date-time" });
    vec![
        Operation::new(
            "get",
            "/v1/cases",
            "listCases",
            "desk",
            "The cases, by when they last changed",
        )
        .by(&["apiKey"])
        .query("updated_since", moment, "Only those that changed at this moment or later.")
        .query(
            "status",
            json!({ "type": "string", "enum": choices::keys::<Status>() }),
            "Only those with this status.",
        )
        .query(
            "landlord",
            json!({ "type": "string", "pattern": "^[a-z0-9-]{1,64}$" }),
            "Only those of this landlord.",
        )
        .query("after", text(), "`next` of the page before.")
        .query(
            "limit",
            json!({ "type": "integer", "minimum": 1, "maximum": 500 }),
            "How many at most.",
        )
        .answer(200, "The cases.", shapes.of::<Cases>())
        .refuses(&[
            (400, "A parameter can't be read."),
            (401, "No key, or none that is good."),
            NO_SCOPE,
            SLOW,
            (422, "A parameter is not one that there is."),
            BROKEN,
            AWAY,
        ]),
        Operation::new("get", "/v1/cases/{reference}", "readCase", "cases", "Read a case")
            .by(&["accessCode", "apiKey"])
            .answer(200, "The case. A landlord's key gets more of it.", view.clone())
            .refuses(&[NO_CODE, NO_SCOPE, NO_CASE, SLOW, BUSY, BROKEN, AWAY]),
        Operation::new("patch", "/v1/cases/{reference}", "act", "desk", "Do something in a case")
            .by(&["apiKey"])
            .key(false)
            .body(shapes.of::<Patch>())
            .answer(200, "The case as it is now.", view)
            .refuses(&[
                (400, "The Idempotency-Key is no UUID, or the body broke off."),
                (401, "No key, or none that is good."),
                NO_SCOPE,
                NO_CASE,
                SLOW,
                (409, "It is not possible as the case is; `errors` says why."),
                TOO_LONG,
                NOT_JSON,
                (422, "The body is not as it must be, or the key was used for something else."),
                BROKEN,
                AWAY,
            ]),
        Operation::new(
            "get",
            "/v1/cases/{reference}/evidence/{file}",
            "fetchEvidence",
            "desk",
            "Fetch a file of a case, always as an attachment",
        )
        .by(&["apiKey"])
        .query("infected", text(), "`yes`: even if the scanner has found something in it.")
        .answer_as(200, "Its bytes.", "application/octet-stream", json!({}))
        .tells(200, "Content-Disposition", text(), "Always `attachment`.")
        .refuses(&[
            (401, "No key, or none that is good."),
            (403, "The key is not for this, or the scanner has found something in the file."),
            NO_CASE,
            SLOW,
            BROKEN,
            AWAY,
        ]),
    ]
}

fn uploads(shapes: &mut Shapes) -> Vec<Operation> {
    let version = |it: Operation| {
        let schema = json!({ "type": "string", "const": "1.0.0" });
        it.header("Tus-Resumable", true, schema, "The version of the protocol.")
    };
    let bytes = "application/offset+octet-stream";
    let checksum = "How the bytes of this request were summed up, and to what: `sha256 <Base64>`.";
    let old = (412, "The request is of another version of the protocol, or of none.");
    let unknown = (404, "There is no such upload.");
    let gone = (410, "It was here. Its time is over, or its sender took it back.");
    let refused = (
        415,
        "By its content it is of a kind that is not taken, or the bytes are not \
        declared as the protocol has it.",
    );
    let locked = (423, "Another request sends it at this moment.");
    let one = |method, id: &str, summary: &str| {
        Operation::new(method, "/v1/uploads/{id}", id, "uploads", summary)
    };
    let options = |path, id: &str| {
        Operation::new("options", path, id, "uploads", "What of the protocol is spoken here")
            .empty(204, "It is in the headers.")
            .tells(204, "Tus-Version", text(), "The versions.")
            .tells(204, "Tus-Extension", text(), "The extensions.")
            .tells(204, "Tus-Max-Size", number(), "The longest file, in bytes.")
            .refuses(&[BROKEN])
    };
    vec![
        options("/v1/uploads", "uploadOptions"),
        options("/v1/uploads/{id}", "oneUploadOptions"),
        version(Operation::new(
            "post",
            "/v1/uploads",
            "createUpload",
            "uploads",
            "Announce a file",
        ))
        .header("Upload-Length", true, number(), "Its length in bytes.")
        .header(
            "Upload-Metadata",
            false,
            text(),
            "`filename`, `sha256` and `reference`, as tus has it.",
        )
        .header("Upload-Checksum", false, text(), checksum)
        .key(false)
        .empty(
            201,
            "It can be sent. With the same key, or the same file for the same case, it is the \
                same upload.",
        )
        .tells(201, "Location", text(), "Its address.")
        .tells(201, "Upload-Offset", number(), "How many bytes are on disk.")
        .refuses(&[
            (400, "A header is missing, or can't be read."),
            (404, "No such case, or not with this code."),
            SLOW,
            (409, "The bytes don't begin where those end that are here."),
            gone,
            old,
            (413, "The file is bigger than is taken, or the case has too much."),
            refused,
            (422, "The file is empty, or the case has as many files as it can have."),
            locked,
            BUSY,
            (460, "What came is not what its checksum says."),
            BROKEN,
            AWAY,
            (507, "There is no room for more files now."),
        ]),
        one("get", "readUpload", "How far it has come")
            .answer(200, "Never what is in it.", shapes.of::<UploadStatus>())
            .refuses(&[unknown, gone, BROKEN, AWAY]),
        version(one("head", "uploadOffset", "How much of it is on disk"))
            .empty(200, "It is in the headers.")
            .tells(200, "Upload-Offset", number(), "How many bytes are on disk.")
            .tells(200, "Upload-Length", number(), "How many there will be.")
            .refuses(&[unknown, gone, old, refused, locked, BROKEN, AWAY]),
        version(one("patch", "sendBytes", "Send more of it"))
            .header("Upload-Offset", true, number(), "Where these bytes begin.")
            .header("Upload-Checksum", false, text(), checksum)
            .body_as(bytes, json!({ "type": "string", "format": "binary" }))
            .empty(204, "They are on disk.")
            .tells(204, "Upload-Offset", number(), "How many bytes are on disk.")
            .refuses(&[
                (400, "A header is missing, or can't be read."),
                unknown,
                (408, "Nothing came for too long. What came before is stored."),
                (409, "The bytes don't begin where those end that are here."),
                gone,
                old,
                (413, "More bytes came than were announced."),
                refused,
                locked,
                (460, "What came is not what its checksum says."),
                BROKEN,
                AWAY,
                (507, "There is no room for more files now."),
            ]),
        version(one("delete", "removeUpload", "Take it back")).empty(204, "It is gone.").refuses(
            &[
                (403, "It is whole and part of a case, and is kept."),
                unknown,
                gone,
                old,
                refused,
                locked,
                BROKEN,
                AWAY,
            ],
        ),
        Operation::new(
            "get",
            "/v1/capabilities",
            "capabilities",
            "service",
            "What this service takes",
        )
        .answer(200, "What it takes.", shapes.of::<Capabilities>())
        .refuses(&[SLOW, BROKEN]),
    ]
}

fn service(shapes: &mut Shapes) -> Vec<Operation> {
    let health = shapes.of::<Health>();
    vec![
        Operation::new("get", "/healthz", "healthz", "service", "Whether the process lives")
            .answer(200, "It does.", health.clone())
            .refuses(&[SLOW, BROKEN]),
        Operation::new("get", "/readyz", "readyz", "service", "Whether it can take a complaint")
            .answer(200, "The database answers, and the disk has room.", health)
            .refuses(&[SLOW, BROKEN, (503, "It can't at present.")]),
        Operation::new("get", "/metrics", "metrics", "service", "Counts, as Prometheus reads them")
            .answer_as(
                200,
                "With `--metrics`, for an address of the landlord's own network.",
                "application/openmetrics-text",
                text(),
            )
            .refuses(&[(404, "Metrics are off here, or not for this address."), SLOW, BROKEN]),
        Operation::new("get", "/openapi.json", "openapi", "service", "This document")
            .answer(200, "This document.", json!({ "type": "object" }))
            .refuses(&[SLOW, BROKEN]),
        Operation::new("post", "/lint", "lint", "service", "What is wrong with a landlord's file")
            .body(json!({ "description": "A landlord's file, or whatever it is." }))
            .or_nothing()
            .answer(
                200,
                "What `lint` says about it. Nothing of it is kept.",
                shapes.of::<Vec<Line>>(),
            )
            .refuses(&[(400, "The body broke off."), SLOW, TOO_LONG, BROKEN]),
    ]
}

/// The page of the complaints officers. It is for people: forms and pages, and no promise for programs.
fn officers() -> Vec<Operation> {
    const PAGE: &str = "text/html";
    let page = |method, path, id: &str, summary: &str| {
        let mut operation = Operation::new(method, path, id, "officers", summary)
            .answer_as(200, "A page.", PAGE, text())
            .empty(303, "Somewhere else, such as the page to sign in.")
            .refuses(&[
                (400, "The body broke off."),
                (403, "The form does not come from this page, or the session is over."),
                (404, "There is nothing for this officer at this address."),
                SLOW,
                (409, "The case has changed meanwhile, or it is not possible as it is."),
                (410, "The link is used, or its time is over."),
                TOO_LONG,
                (415, "The body is no form."),
                (422, "Something is missing; the page says what."),
                BUSY,
                BROKEN,
                AWAY,
            ])
            .tells(303, "Location", text(), "Where.");
        for status in ["400", "403", "404", "409", "410", "413", "415", "422", "429"] {
            operation.value["responses"][status]["content"][PAGE] = json!({ "schema": text() });
        }
        operation
    };
    let officer = |it: Operation| it.by(&["officer"]);
    let case = "/officers/cases/{reference}";
    let action = "/officers/cases/{reference}/{action}";
    vec![
        officer(page("get", "/officers", "officersList", "The cases by what is due next")),
        page("get", "/officers/officers.css", "officersStyles", "The styles of these pages")
            .answer_as(200, "The styles.", "text/css", text()),
        page("get", "/officers/sign-in", "officersSignIn", "Sign in"),
        page("post", "/officers/sign-in/link", "officersSendLink", "Have a link sent"),
        page("post", "/officers/sign-in/key", "officersKey", "Sign in with a key"),
        page("get", "/officers/enter/{link}", "officersLink", "What the link in the mail shows"),
        page("post", "/officers/enter", "officersEnter", "Sign in with that link, once"),
        page("post", "/officers/sign-out", "officersSignOut", "Sign out"),
        officer(page("get", "/officers/find", "officersFind", "Find a case by its reference")),
        officer(page("get", case, "officersCase", "A case")),
        officer(page("get", action, "officersForm", "What to write for an act")),
        officer(page("post", action, "officersAct", "Do it")),
        officer(page(
            "get",
            "/officers/cases/{reference}/files/{file}",
            "officersFile",
            "A file of a case, as an attachment",
        ))
        .answer_as(200, "Its bytes.", "application/octet-stream", json!({})),
    ]
}

fn files() -> Vec<Operation> {
    let file = |path, id: &str, summary: &str| {
        let mut operation = Operation::new("get", path, id, "files", summary)
            .empty(200, "The file.")
            .empty(304, "It has not changed.")
            .refuses(&[(404, "There is no such file."), SLOW, BROKEN]);
        operation.value["responses"]["200"]["content"] = json!({ "*/*": {} });
        operation
    };
    let this_version = concat!("/housing-complaint/", env!("CARGO_PKG_VERSION"), "/{file}");
    vec![
        file("/", "samplePage", "A pretend landlord's page with the form"),
        file("/sample/{file}", "sampleFile", "What that page fetches"),
        file("/housing-complaint/v1/{file}", "widgetFile", "The form, newest version"),
        file(this_version, "versionFile", "The form, this version, which never changes"),
        file("/housing-complaint/v1/frame.html", "framePage", "The form in a frame"),
        file(
            concat!("/housing-complaint/", env!("CARGO_PKG_VERSION"), "/frame.html"),
            "versionFramePage",
            "The form in a frame, this version",
        ),
        file("/landlords/{file}", "landlordFile", "A landlord's file"),
        file("/schemas/{file}", "schemaFile", "A JSON Schema of what is sent and received"),
        Operation::new("get", "/favicon.ico", "favicon", "files", "No picture")
            .empty(204, "There is none.")
            .refuses(&[SLOW, BROKEN]),
    ]
}
