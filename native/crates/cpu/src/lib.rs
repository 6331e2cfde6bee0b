//! Which vector instructions this process uses: found on the processor, or forced by `TACIT_KERNEL`.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

/// Name of the environment variable that forces a path.
pub const VARIABLE: &str = "TACIT_KERNEL";

/// A family of code paths. Every level includes those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// No own vector code.
    Scalar,
    /// AVX2: 256-bit vectors.
    Avx2,
    /// AVX-512 F, DQ, BW and VL: 512-bit vectors.
    Avx512,
    /// AVX-512 with IFMA (52-bit multiply-add).
    Ifma,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Level; 4] = [Level::Scalar, Level::Avx2, Level::Avx512, Level::Ifma];

    /// The name used by `TACIT_KERNEL` and by reports.
    pub fn name(self) -> &'static str {
        match self {
            Level::Scalar => "scalar",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
            Level::Ifma => "ifma",
        }
    }

    /// Whether this processor can run the level.
    pub fn is_supported(self) -> bool {
        self <= best()
    }
}

/// The highest level this processor can run.
#[cfg(target_arch = "x86_64")]
pub fn best() -> Level {
    let avx2 = is_x86_feature_detected!("avx2");
    let avx512 = avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl");
    match (avx2, avx512, is_x86_feature_detected!("avx512ifma")) {
        (_, true, true) => Level::Ifma,
        (_, true, false) => Level::Avx512,
        (true, false, _) => Level::Avx2,
        _ => Level::Scalar,
    }
}

/// The highest level this processor can run.
#[cfg(not(target_arch = "x86_64"))]
pub fn best() -> Level {
    Level::Scalar
}

/// The level of this process, settled once; an error names a value that cannot be had here.
pub fn level() -> Result<Level, String> {
    static CHOSEN: OnceLock<Result<Level, String>> = OnceLock::new();
    CHOSEN.get_or_init(|| choose(std::env::var(VARIABLE).ok().as_deref())).clone()
}

/// The level for a value of `TACIT_KERNEL`; none or empty means the best.
pub fn choose(wanted: Option<&str>) -> Result<Level, String> {
    let Some(name) = wanted.filter(|name| !name.is_empty()) else {
        return Ok(best());
    };
    match Level::ALL.into_iter().find(|level| level.name() == name) {
        Some(level) if level.is_supported() => Ok(level),
        Some(level) => {
            Err(format!("{VARIABLE}={} cannot run on this processor (best: {})", level.name(), best().name()))
        }
        None => Err(format!("{VARIABLE} must be scalar, avx2, avx512 or ifma")),
    }
}

/// Processor features that matter here, with whether each is present.
#[cfg(target_arch = "x86_64")]
pub fn features() -> Vec<(&'static str, bool)> {
    vec![
        ("aes", is_x86_feature_detected!("aes")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("avx512bw", is_x86_feature_detected!("avx512bw")),
        ("avx512dq", is_x86_feature_detected!("avx512dq")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512ifma", is_x86_feature_detected!("avx512ifma")),
        ("avx512vl", is_x86_feature_detected!("avx512vl")),
        ("pclmulqdq", is_x86_feature_detected!("pclmulqdq")),
        ("sha", is_x86_feature_detected!("sha")),
        ("vaes", is_x86_feature_detected!("vaes")),
        ("vpclmulqdq", is_x86_feature_detected!("vpclmulqdq")),
    ]
}

/// Processor features that matter here, with whether each is present.
#[cfg(not(target_arch = "x86_64"))]
pub fn features() -> Vec<(&'static str, bool)> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_wanted_means_the_best() {
        assert_eq!(choose(None), Ok(best()));
        assert_eq!(choose(Some("")), Ok(best()));
    }

    #[test]
    fn scalar_always_runs_and_nonsense_is_refused() {
        assert_eq!(choose(Some("scalar")), Ok(Level::Scalar));
        assert!(choose(Some("fast")).is_err());
    }
}
