//! `/openapi.json` is complete, and says what the service does.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeSet;

use common::{Service, send};
use serde_json::Value;

/// The landlord's side, which is described whether it is built in or not.
fn is_of_the_landlord(path: &str) -> bool {
    path.starts_with("/officers")
        || ["/v1/cases", "/v1/cases/{reference}/evidence/{file}"].contains(&path)
}

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// The path, the method and the operation, of each that is described.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(METHODS.contains(&method.as_str()), "{path}: {method}");
            all.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    all
}

/// An address of the router as it is described: what is below a folder is one file.
fn described(path: &str) -> Option<String> {
    if let Some((folder, _)) = path.split_once("/{*__private") {
        return Some(format!("{folder}/{{file}}"));
    }
    // The folder itself, which answers that there is nothing; and the same with another end.
    let folders = ["/sample", "/schemas", "/housing-complaint/v1"];
    let this_version = concat!("/housing-complaint/", env!("CARGO_PKG_VERSION"));
    let bare = path.strip_suffix('/').filter(|it| !it.is_empty()).unwrap_or(path);
    if folders.contains(&bare) || bare == this_version {
        return None;
    }
    Some(bare.to_owned())
}

/// The addresses of the router, as it shows them itself.
fn routes(service: &Service) -> BTreeSet<String> {
    let router = format!("{:?}", server::app(service.state.clone()));
    let mut routes = BTreeSet::new();
    for part in router.split("RouteId(").skip(1) {
        if let Some((_, rest)) = part.split_once("): \"")
            && part.find("): \"").is_some_and(|at| at < 12)
        {
            routes.extend(described(rest.split('"').next().unwrap()));
        }
    }
    assert!(routes.len() > 20, "the router no longer shows its addresses: {router}");
    // What the router has for everything else.
    routes.remove("/{file}");
    routes
}

#[tokio::test]
async fn every_address_of_the_router_is_described() {
    let service = Service::start().await;
    let routes = routes(&service);
    let document = server::openapi::document();
    let paths = document["paths"].as_object().unwrap().keys();
    let paths: BTreeSet<String> =
        paths.filter(|it| !is_of_the_landlord(it) || routes.contains(*it)).cloned().collect();
    assert_eq!(routes, paths);
}

#[tokio::test]
async fn every_operation_is_there_and_answers_what_is_described() {
    let service = Service::start().await;
    let routes = routes(&service);
    let document = service.get("/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, method, operation) in operations(&document) {
        let is_there = routes.contains("/v1/cases") || method != "patch" || !path.contains("cases");
        if !routes.contains(&path) || !is_there {
            assert!(is_of_the_landlord(&path) || method == "patch");
            continue;
        }
        let at = path
            .replace("{reference}", "X22-X22-X22")
            .replace("{id}", "1")
            .replace("{link}", "1")
            .replace("{action}", "message")
            .replace("{file}", "nothing");
        let answer = send(service.address, &method.to_uppercase(), &at, &[], "").await;
        let status = answer.status.as_u16().to_string();
        assert_ne!(status, "405", "{method} {path}");
        let described = &operation["responses"][&status];
        assert!(described.is_object(), "{method} {path} answers {status}");
        let is_page = answer.header("content-type").starts_with("text/html");
        if answer.status.is_client_error() && method != "head" && !is_page {
            answer.problem(answer.status.as_u16());
        }
    }
}

#[test]
fn every_name_in_it_is_one_that_it_has() {
    let document = server::openapi::document();
    let text = document.to_string();
    for part in text.split("\"$ref\":\"").skip(1) {
        let pointer = part.split('"').next().unwrap();
        let pointer = pointer.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id.clone()), "{id} is there twice");
        for scheme in operation["security"].as_array().unwrap() {
            assert!(scheme.as_object().unwrap().keys().all(|it| schemes.contains_key(it)));
        }
        assert!(!operation["responses"].as_object().unwrap().is_empty());
        for name in path.split(['{', '}']).skip(1).step_by(2) {
            let has = |it: &Value| it["in"] == "path" && it["name"] == name;
            assert!(
                operation["parameters"].as_array().unwrap().iter().any(has),
                "{method} {path} has no {name}"
            );
        }
    }
}
