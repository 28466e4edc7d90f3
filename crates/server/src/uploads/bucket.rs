//! An S3-compatible store: whole files of complaints, each one object; and where several instances of the
//! service share it, the pieces of those that arrive, below [`ARRIVING`].

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use domain::evidence::hex;
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::multipart::MultipartStore;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, ClientOptions, GetOptions, MultipartId, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, RetryConfig,
};
use sha2::{Digest, Sha256};

use crate::Failure;
use crate::store::pieces::Piece;
use crate::store::uploads::Upload;

/// How much is sent at once. S3 wants 5 MiB or more, and at most 10,000 of them.
const PART: usize = 8 * 1024 * 1024;
/// How long one part may take.
const SLOW: Duration = Duration::from_secs(120);

/// Below it are the pieces, each file's in a folder of its own.
const ARRIVING: &str = "arriving";
/// How many objects are removed at the same time.
const AT_ONCE: usize = 8;

/// What a store must be able to do.
pub trait Objects: ObjectStore + MultipartStore {}

impl<T: ObjectStore + MultipartStore> Objects for T {}

/// A bucket and a prefix in it.
#[derive(Clone)]
pub struct Bucket {
    store: Arc<dyn Objects>,
    prefix: Path,
}

impl fmt::Debug for Bucket {
    // Whatever the store would print of itself may hold a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Bucket").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Why a file is not in the bucket.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentences say it")]
pub enum NotMoved {
    #[error("the bucket: {0}")]
    Bucket(#[from] object_store::Error),
    #[error("its bytes can't be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("its bytes are not those that came")]
    Content,
    #[error("the bucket has {0} bytes of it")]
    Length(u64),
}

impl Bucket {
    /// From `s3://bucket/prefix`; how to get there and who asks is in the environment.
    ///
    /// # Errors
    ///
    /// It is no such address, or the environment does not fit.
    pub fn from_environment(url: &str) -> Result<Self, Failure> {
        Self::new(url, AmazonS3Builder::from_env())
    }

    fn new(url: &str, builder: AmazonS3Builder) -> Result<Self, Failure> {
        let wrong = || Failure::Evidence(url.to_owned());
        let rest = url.strip_prefix("s3://").ok_or_else(wrong)?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if name.is_empty() {
            return Err(wrong());
        }
        // It is an error if it was done before, and then it is done.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let endpoints = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
        let endpoint = endpoints.iter().find_map(|name| std::env::var(name).ok());
        // Whoever writes http:// for a store next door means it.
        let is_plain = endpoint.is_some_and(|it| it.starts_with("http://"));
        let store = builder
            .with_bucket_name(name)
            .with_client_options(ClientOptions::new().with_timeout(SLOW).with_allow_http(is_plain))
            .with_retry(RetryConfig {
                max_retries: 3,
                retry_timeout: Duration::from_secs(60),
                ..RetryConfig::default()
            })
            .build()
            .map_err(Failure::Bucket)?;
        Ok(Self::over(Arc::new(store), prefix))
    }

    /// Over another store.
    pub fn over(store: Arc<dyn Objects>, prefix: &str) -> Self {
        Self { store, prefix: Path::from(prefix) }
    }

    /// Puts a file into the bucket, from wherever its bytes are now. When this returns, the bucket has all
    /// of it, and it is what came.
    ///
    /// # Errors
    ///
    /// It is not there as a whole; its bytes are where they were.
    pub async fn put(
        &self,
        upload: &Upload,
        bytes: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<(), NotMoved> {
        let path = self.path(&upload.file);
        let options = PutMultipartOptions::from(attributes(upload));
        let transfer = self.store.create_multipart_opts(&path, options).await?;
        let sent = self.send(&path, &transfer, upload, bytes).await;
        if sent.is_err() {
            // Where even this fails, the bucket's own rule for what was never completed holds.
            let _ = self.store.abort_multipart(&path, &transfer).await;
        }
        sent?;
        let length = self.store.head(&path).await?.size;
        if length == upload.size { Ok(()) } else { Err(NotMoved::Length(length)) }
    }

    /// Removes a file, and says whether it is gone.
    pub async fn erase(&self, file: &str) -> bool {
        self.remove(vec![self.path(file)]).await
    }

    /// What is in a file, a piece at a time.
    ///
    /// # Errors
    ///
    /// The bucket does not give it.
    pub async fn get(&self, upload: &Upload) -> Result<Body, object_store::Error> {
        Ok(Body::from_stream(self.store.get(&self.path(&upload.file)).await?.into_stream()))
    }

    /// Puts some bytes of a file that arrives into an object of their own. The name must be a new one: what
    /// another instance put, and counts, is never written over.
    ///
    /// # Errors
    ///
    /// It is not there, as far as is known.
    pub async fn put_piece(
        &self,
        file: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<(), object_store::Error> {
        let options = PutOptions::from(never_shown());
        let path = self.folder_of(file).join(name);
        self.store.put_opts(&path, PutPayload::from(bytes), options).await.map(|_| ())
    }

    /// What is in these pieces of a file, one after the other.
    pub fn bytes_of(
        &self,
        file: &str,
        pieces: Vec<Piece>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let (store, folder) = (Arc::clone(&self.store), self.folder_of(file));
        stream::iter(pieces)
            .then(move |piece| {
                let (store, path) = (Arc::clone(&store), folder.clone().join(piece.name.as_str()));
                async move {
                    let counts = GetOptions::new().with_range(Some(0..piece.length));
                    let got = store.get_opts(&path, counts).await?;
                    if got.range.end - got.range.start != piece.length {
                        return Err(io::Error::other("a piece is shorter than it was"));
                    }
                    Ok(got.into_stream().map_err(io::Error::from))
                }
            })
            .try_flatten()
    }

    /// Some bytes of a file that is in these pieces.
    ///
    /// # Errors
    ///
    /// The bucket does not give them.
    pub async fn read_pieces(
        &self,
        file: &str,
        pieces: &[Piece],
        range: Range<u64>,
    ) -> Result<Vec<u8>, object_store::Error> {
        let mut bytes = Vec::new();
        for piece in pieces {
            let from = range.start.max(piece.begins_at);
            let to = range.end.min(piece.ends_at());
            if from < to {
                let path = self.folder_of(file).join(piece.name.as_str());
                let part = from - piece.begins_at..to - piece.begins_at;
                bytes.extend_from_slice(&self.store.get_range(&path, part).await?);
            }
        }
        Ok(bytes)
    }

    /// Removes these pieces of a file. What can't be removed now goes with the others when the file no longer
    /// needs any.
    pub async fn remove_these(&self, file: &str, pieces: &[Piece]) {
        let folder = self.folder_of(file);
        let paths = pieces.iter().map(|it| folder.clone().join(it.name.as_str()));
        self.remove(paths.collect()).await;
    }

    /// Removes every piece of a file, also those that count for nothing, and says whether they are gone.
    pub async fn remove_pieces(&self, file: &str) -> bool {
        let listed = self.store.list(Some(&self.folder_of(file)));
        match listed.map_ok(|it| it.location).try_collect::<Vec<_>>().await {
            Ok(paths) => self.remove(paths).await,
            Err(error) => {
                tracing::error!(%error, "can't look for pieces of a file in the bucket");
                false
            }
        }
    }

    /// The files of which there are pieces.
    ///
    /// # Errors
    ///
    /// The bucket does not say.
    pub async fn arriving(&self) -> Result<BTreeSet<String>, object_store::Error> {
        let folder = self.prefix.clone().join(ARRIVING);
        let listed = self.store.list_with_delimiter(Some(&folder)).await?;
        let name = |it: &Path| it.filename().map(str::to_owned);
        Ok(listed.common_prefixes.iter().filter_map(name).collect())
    }

    fn path(&self, file: &str) -> Path {
        self.prefix.clone().join(file)
    }

    fn folder_of(&self, file: &str) -> Path {
        self.prefix.clone().join(ARRIVING).join(file)
    }

    /// Removes objects, and says whether they are gone.
    async fn remove(&self, paths: Vec<Path>) -> bool {
        let remove = async |path: Path| match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => true,
            Err(error) => {
                tracing::error!(%error, "can't remove a file from the bucket");
                false
            }
        };
        let removed = stream::iter(paths).map(remove).buffer_unordered(AT_ONCE);
        // All are tried, whatever becomes of the first.
        removed.fold(true, async |all, is_gone| all && is_gone).await
    }

    /// Sends a file in parts, one after the other, so that one part at a time is in memory. All but the last
    /// have the same length, as some stores want it.
    async fn send(
        &self,
        path: &Path,
        transfer: &MultipartId,
        upload: &Upload,
        bytes: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<(), NotMoved> {
        let mut bytes = std::pin::pin!(bytes);
        let mut hasher = Sha256::new();
        let (mut parts, mut part) = (Vec::new(), Vec::new());
        loop {
            let more = bytes.next().await.transpose()?;
            let is_over = more.is_none();
            let mut more = more.unwrap_or_default();
            hasher.update(&more);
            while part.len() + more.len() >= PART || (is_over && !part.is_empty()) {
                part.extend_from_slice(&more.split_to(more.len().min(PART - part.len())));
                let payload = PutPayload::from(std::mem::take(&mut part));
                parts.push(self.store.put_part(path, transfer, parts.len(), payload).await?);
            }
            if is_over {
                break;
            }
            part.extend_from_slice(&more);
        }
        // Nothing else has the bytes once they are moved.
        if upload.sha256.as_ref().is_none_or(|it| it[..] != hasher.finalize()[..]) {
            return Err(NotMoved::Content);
        }
        self.store.complete_multipart(path, transfer, parts).await?;
        Ok(())
    }
}

/// What the bucket is told about a file: never its name; and that no browser is to show it.
fn attributes(upload: &Upload) -> Attributes {
    let sha256 = upload.sha256.as_deref().map(hex).unwrap_or_default();
    let mut attributes = never_shown();
    attributes.insert(Attribute::Metadata("sha256".into()), sha256.into());
    attributes
}

/// That no browser is to show it.
fn never_shown() -> Attributes {
    Attributes::from_iter([
        (Attribute::ContentType, "application/octet-stream"),
        (Attribute::ContentDisposition, "attachment"),
    ])
}
