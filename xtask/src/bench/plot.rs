//! Pictures of figures: for each family one SVG, a panel for each kernel and language, a line for each implementation.

use super::peers::Row;
use super::table::bytes;
use anyhow::{Context, Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use std::fs;
use std::ops::Range;
use std::path::Path;

/// Size of a panel, in pixels.
const PANEL: (u32, u32) = (520, 340);

/// Told apart by people who see colours otherwise, too (Okabe and Ito). Ours is the first.
const COLOURS: [RGBColor; 6] = [
    RGBColor(213, 94, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(90, 90, 90),
];

/// Draws every family among `rows` into `folder`.
pub fn families(rows: &[Row], folder: &Path) -> Result<()> {
    each(rows, folder, "", by_size)
}

/// Draws what short inputs take, as `short-FAMILY.svg`: lengths from left to right as they are, and nanoseconds.
pub fn lengths(rows: &[Row], folder: &Path) -> Result<()> {
    each(rows, folder, "short-", by_length)
}

/// Draws one kernel in one language.
type Panel = fn(&DrawingArea<SVGBackend, Shift>, &[&Row]) -> Result<()>;

fn each(rows: &[Row], folder: &Path, prefix: &str, panel: Panel) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    for family in distinct(rows.iter().map(|r| r.family.as_str())) {
        let rows: Vec<&Row> = rows.iter().filter(|r| r.family == family).collect();
        let file = folder.join(format!("{prefix}{family}.svg"));
        picture(&rows, &file, panel).with_context(|| format!("drawing {}", file.display()))?;
    }
    Ok(())
}

pub fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

/// Kernels below each other, languages side by side.
fn picture(rows: &[&Row], file: &Path, panel_of: Panel) -> Result<()> {
    let kernels = distinct(rows.iter().map(|r| r.kernel.as_str()));
    let languages = distinct(rows.iter().map(|r| r.lang.as_str()));
    let size = (PANEL.0 * languages.len() as u32, PANEL.1 * kernels.len() as u32);
    let area = SVGBackend::new(file, size).into_drawing_area();
    drawn(area.fill(&WHITE))?;
    let panels = area.split_evenly((kernels.len(), languages.len()));
    let pairs = kernels.iter().flat_map(|&k| languages.iter().map(move |&l| (k, l)));
    for (panel, (kernel, lang)) in panels.iter().zip(pairs) {
        let rows: Vec<&Row> =
            rows.iter().copied().filter(|r| r.kernel == kernel && r.lang == lang).collect();
        if !rows.is_empty() {
            panel_of(panel, &rows)?;
        }
    }
    drawn(area.present())
}

fn by_size(panel: &DrawingArea<SVGBackend, Shift>, rows: &[&Row]) -> Result<()> {
    let mut chart = drawn(frame(panel, rows).build_cartesian_2d(
        bounds(rows.iter().map(|r| r.size as f64)).log_scale(),
        bounds(rows.iter().map(|r| speed(r))).log_scale(),
    ))?;
    lines(&mut chart, rows, ("GB/s", speed), SeriesLabelPosition::LowerRight)
}

fn by_length(panel: &DrawingArea<SVGBackend, Shift>, rows: &[&Row]) -> Result<()> {
    let longest = rows.iter().map(|r| r.size).max().unwrap_or_default();
    let times = bounds(rows.iter().map(|r| r.ns)).log_scale();
    let mut chart = drawn(frame(panel, rows).build_cartesian_2d(0.0..longest as f64, times))?;
    lines(&mut chart, rows, ("ns", |row| row.ns), SeriesLabelPosition::UpperLeft)
}

/// A panel with its title and room for both axes.
fn frame<'a, 'b>(
    panel: &'a DrawingArea<SVGBackend<'b>, Shift>,
    rows: &[&Row],
) -> ChartBuilder<'a, 'a, SVGBackend<'b>> {
    let title = format!("{} {}, {}", rows[0].family, rows[0].kernel, rows[0].lang);
    let mut chart = ChartBuilder::on(panel);
    chart.caption(title, ("sans-serif", 17)).margin(8).x_label_area_size(34).y_label_area_size(52);
    chart
}

/// A line for each implementation, of what `value` has the name and the figures of.
fn lines<'a, 'b: 'a, X, Y>(
    chart: &mut ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>,
    rows: &[&Row],
    value: (&str, fn(&Row) -> f64),
    legend: SeriesLabelPosition,
) -> Result<()>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    drawn(
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .x_desc("bytes of input")
            .y_desc(value.0)
            .x_labels(8)
            .x_label_formatter(&|&x| bytes(x as usize))
            .y_label_formatter(&|y| format!("{y}"))
            .draw(),
    )?;
    for (i, name) in distinct(rows.iter().map(|r| r.implementation.as_str())).iter().enumerate() {
        let style = COLOURS[i % COLOURS.len()].stroke_width(if i == 0 { 3 } else { 1 });
        let points: Vec<(f64, f64)> = rows
            .iter()
            .filter(|r| r.implementation == *name)
            .map(|r| (r.size as f64, value.1(r)))
            .collect();
        drawn(chart.draw_series(LineSeries::new(points, style)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], style));
    }
    drawn(chart.configure_series_labels().position(legend).background_style(WHITE.mix(0.8)).draw())
}

fn speed(row: &Row) -> f64 {
    row.size as f64 / row.ns
}

fn bounds(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((f64::MAX, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    low * 0.9..high * 1.1
}

/// The library's errors borrow from what is drawn; what they say is enough.
fn drawn<T, E: std::error::Error>(result: Result<T, E>) -> Result<T> {
    result.map_err(|e| anyhow!("{e}"))
}
