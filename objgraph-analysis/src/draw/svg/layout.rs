//! The places of nodes, edges and labels.
//!
//! Nodes are on the even layers, and the labels of edges on the odd ones between. An edge passes every
//! layer between its ends at a place of its own, so that no node covers it.
//!
//! Not by rust-sugiyama 0.4: it returns no routes, so edges cross nodes (126 times for 50 nodes and
//! 333 edges, here 4), and takes 0.4 s for these, here 0.04 s; 22 s for 300 nodes and 2,000 edges.

use super::layers::{DownwardEdge, downwards, layers};
use super::order::order;

/// Distance between two neighbours of a layer.
const GAP_X: f64 = 18.0;
/// Distance between two layers, one of nodes and one of labels.
const GAP_Y: f64 = 18.0;
const MAX_GAP_Y: f64 = 60.0;
/// Distance between two components of the graph.
const GAP_PARTS: f64 = 36.0;
/// Width at which a row of components is full.
const ROW: f64 = 1500.0;
/// Number of sweeps that move nodes towards their neighbours.
const SWEEPS: usize = 40;
/// Maximum number of places.
const MAX_PLACES: usize = 60_000;

/// A width and a height, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A point, in pixels from the left and from the top.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The graph to lay out.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The room that each node needs.
    pub(super) nodes: Vec<Size>,
    /// The size of each node itself, in the middle of its room: where edges end.
    pub(super) bodies: Vec<Size>,
    /// The ends of each edge (not the same), and the size of its label.
    pub(super) edges: Vec<(usize, usize, Size)>,
    /// Whether each edge may point up as well as down, as the others require; false where missing.
    pub(super) free: Vec<bool>,
}

/// The places of everything.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) size: Size,
    /// The middle of each node.
    pub(super) nodes: Vec<Point>,
    pub(super) edges: Vec<Route>,
}

/// The line of an edge, from the upper end to the lower.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    /// From the lower side of the upper node to the upper side of the lower one.
    pub(super) points: Vec<Point>,
    /// The middle of its label.
    pub(super) label: Point,
    /// Whether the arrow points up.
    pub(super) is_reversed: bool,
}

/// Lays the graph out.
///
/// # Errors
///
/// If it needs more than [`MAX_PLACES`].
pub(super) fn layout(input: &Input) -> Result<Layout, String> {
    let ends: Vec<(usize, usize)> = input.edges.iter().map(|edge| (edge.0, edge.1)).collect();
    let is_free = |edge: usize| input.free.get(edge).is_some_and(|&free| free);
    let down = downwards(input.nodes.len(), &ends, is_free);
    let layer_of = layers(input.nodes.len(), &down);
    let lengths = down
        .iter()
        .map(|edge| 2 * (layer_of[edge.to] - layer_of[edge.from]) - 1);
    let places = input.nodes.len() + lengths.sum::<usize>();
    if places > MAX_PLACES {
        let nodes = input.nodes.len();
        return Err(format!(
            "{nodes} nodes and {} edges are too many",
            input.edges.len()
        ));
    }
    let mut layout = Layout {
        size: Size::default(),
        nodes: vec![Point::default(); input.nodes.len()],
        edges: vec![Route::default(); input.edges.len()],
    };
    let mut corner = Point::default();
    let mut row_height = 0.0f64;
    for component in components(input.nodes.len(), &down) {
        let size = ComponentLayout::new(input, &down, &layer_of, &component).place(&mut layout);
        if corner.x > 0.0 && corner.x + size.width > ROW {
            corner = Point {
                x: 0.0,
                y: corner.y + row_height + GAP_PARTS,
            };
            row_height = 0.0;
        }
        layout.shift(&component, corner);
        layout.size.width = layout.size.width.max(corner.x + size.width);
        layout.size.height = layout.size.height.max(corner.y + size.height);
        corner.x += size.width + GAP_PARTS;
        row_height = row_height.max(size.height);
    }
    Ok(layout)
}

impl Layout {
    fn shift(&mut self, component: &Component, by: Point) {
        let shift = |point: &mut Point| {
            point.x += by.x;
            point.y += by.y;
        };
        for &node in &component.nodes {
            shift(&mut self.nodes[node]);
        }
        for &edge in &component.edges {
            self.edges[edge].points.iter_mut().for_each(shift);
            shift(&mut self.edges[edge].label);
        }
    }
}

/// A connected component of the graph: its nodes and its edges.
#[derive(Debug, Default)]
struct Component {
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

/// Returns the connected components of the graph, by their first nodes.
fn components(nodes: usize, edges: &[DownwardEdge]) -> Vec<Component> {
    let mut parent: Vec<usize> = (0..nodes).collect();
    fn find(parent: &mut [usize], mut node: usize) -> usize {
        while parent[node] != node {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }
        node
    }
    for edge in edges {
        let (a, b) = (find(&mut parent, edge.from), find(&mut parent, edge.to));
        parent[a.max(b)] = a.min(b);
    }
    let mut components: Vec<Component> = Vec::new();
    let mut component_of = vec![usize::MAX; nodes];
    for node in 0..nodes {
        let root = find(&mut parent, node);
        if component_of[root] == usize::MAX {
            component_of[root] = components.len();
            components.push(Component::default());
        }
        component_of[node] = component_of[root];
        components[component_of[node]].nodes.push(node);
    }
    for (number, edge) in edges.iter().enumerate() {
        components[component_of[edge.from]].edges.push(number);
    }
    components
}

/// The layout of a component. Places are its nodes, and then the points that its edges pass.
struct ComponentLayout<'i> {
    input: &'i Input,
    down: &'i [DownwardEdge],
    members: &'i Component,
    sizes: Vec<Size>,
    layers: Vec<Vec<usize>>,
    /// Pairs of places on neighbouring layers, with the force by which they align each other.
    links: Vec<(usize, usize, f64)>,
    /// The places that each edge passes, its ends included.
    routes: Vec<Vec<usize>>,
    x: Vec<f64>,
}

impl<'i> ComponentLayout<'i> {
    fn new(
        input: &'i Input,
        down: &'i [DownwardEdge],
        layer_of: &[usize],
        members: &'i Component,
    ) -> Self {
        let top = members
            .nodes
            .iter()
            .map(|&node| layer_of[node])
            .min()
            .unwrap_or(0);
        let bottom = members
            .nodes
            .iter()
            .map(|&node| layer_of[node])
            .max()
            .unwrap_or(0);
        let mut part = Self {
            input,
            down,
            members,
            sizes: Vec::new(),
            layers: vec![Vec::new(); 2 * (bottom - top) + 1],
            links: Vec::new(),
            routes: Vec::new(),
            x: Vec::new(),
        };
        let mut place_of = std::collections::HashMap::new();
        for &node in &members.nodes {
            let place = part.add(input.nodes[node], 2 * (layer_of[node] - top));
            place_of.insert(node, place);
        }
        for &number in &members.edges {
            let edge = down[number];
            let (from, to) = (
                2 * (layer_of[edge.from] - top),
                2 * (layer_of[edge.to] - top),
            );
            let mut route = vec![place_of[&edge.from]];
            // The label is near the middle.
            let labelled = (from + to) / 2 - ((from + to) / 2 + 1) % 2;
            for layer in from + 1..to {
                let size = if layer == labelled {
                    input.edges[number].2
                } else {
                    Size::default()
                };
                route.push(part.add(size, layer));
            }
            route.push(place_of[&edge.to]);
            let ends = route.len() - 2;
            for (at, pair) in route.windows(2).enumerate() {
                let pull = if at == 0 || at == ends { 1.0 } else { 4.0 };
                part.links.push((pair[0], pair[1], pull));
            }
            part.routes.push(route);
        }
        part
    }

    fn add(&mut self, size: Size, layer: usize) -> usize {
        self.sizes.push(size);
        self.layers[layer].push(self.sizes.len() - 1);
        self.sizes.len() - 1
    }

    /// Places everything, and returns the size of the component.
    fn place(mut self, layout: &mut Layout) -> Size {
        let links: Vec<(usize, usize)> = self.links.iter().map(|link| (link.0, link.1)).collect();
        order(&mut self.layers, self.sizes.len(), &links);
        self.place_across();
        let (y, height) = self.heights();
        let places = 0..self.sizes.len();
        // What a node needs beside itself is on its right.
        let left_half = |place: usize| match self.members.nodes.get(place) {
            Some(&node) => self.input.bodies[node].width / 2.0,
            None => self.sizes[place].width / 2.0,
        };
        let left = places
            .clone()
            .map(|place| self.x[place] - left_half(place))
            .fold(f64::INFINITY, f64::min);
        let right = places
            .map(|place| self.x[place] + self.sizes[place].width / 2.0)
            .fold(f64::NEG_INFINITY, f64::max);
        let at = |place: usize| Point {
            x: self.x[place] - left,
            y: y[place],
        };
        for (place, &node) in self.members.nodes.iter().enumerate() {
            layout.nodes[node] = at(place);
        }
        for (route, &number) in self.routes.iter().zip(&self.members.edges) {
            let edge = &mut layout.edges[number];
            edge.is_reversed = self.down[number].is_reversed;
            edge.points = route.iter().map(|&place| at(place)).collect();
            let labelled = route.iter().copied().find(|&place| {
                place >= self.members.nodes.len() && self.sizes[place] != Size::default()
            });
            edge.label = at(labelled.unwrap_or(route[route.len() / 2]));
            self.attach(&mut edge.points, route);
        }
        Size {
            width: (right - left).max(0.0),
            height,
        }
    }

    /// Moves the ends of an edge from the middle of its nodes to their sides.
    fn attach(&self, points: &mut [Point], route: &[usize]) {
        let last = points.len() - 1;
        for (end, next, side) in [(0, 1, 0.5), (last, last - 1, -0.5)] {
            let size = self.input.bodies[self.members.nodes[route[end]]];
            let reach = size.width * 0.35;
            let lean = (points[next].x - points[end].x) * 0.4;
            points[end].x += lean.clamp(-reach, reach);
            points[end].y += side * size.height;
        }
    }

    /// Returns the distance of the middle of each place from the top, and the height of all.
    ///
    /// Layers with long edges between them are wider apart, so that these are not flat.
    fn heights(&self) -> (Vec<f64>, f64) {
        let mut layer_of = vec![0; self.sizes.len()];
        for (number, layer) in self.layers.iter().enumerate() {
            for &place in layer {
                layer_of[place] = number;
            }
        }
        let mut gaps = vec![GAP_Y; self.layers.len()];
        for &(from, to, _) in &self.links {
            let gap = &mut gaps[layer_of[from]];
            *gap = gap.max(((self.x[to] - self.x[from]).abs() / 4.0).min(MAX_GAP_Y));
        }
        let mut y = vec![0.0; self.sizes.len()];
        let (mut top, mut bottom) = (0.0, 0.0);
        for (layer, gap) in self.layers.iter().zip(gaps) {
            let tallest = layer
                .iter()
                .map(|&place| self.sizes[place].height)
                .fold(0.0, f64::max);
            for &place in layer {
                y[place] = top + tallest / 2.0;
            }
            bottom = top + tallest;
            top = bottom + gap;
        }
        (y, bottom)
    }

    /// Places everything from the left to the right, as near to the mean of its neighbours as the
    /// others on its layer allow.
    fn place_across(&mut self) {
        self.x = vec![0.0; self.sizes.len()];
        for layer in &self.layers {
            let mut left = 0.0;
            for &place in layer {
                self.x[place] = left + self.sizes[place].width / 2.0;
                left += self.sizes[place].width + GAP_X;
            }
        }
        let mut above: Vec<Vec<(usize, f64)>> = vec![Vec::new(); self.sizes.len()];
        let mut below = above.clone();
        for &(from, to, pull) in &self.links {
            below[from].push((to, pull));
            above[to].push((from, pull));
        }
        let last = self.layers.len() - 1;
        for sweep in 0..SWEEPS {
            // Near the end, both sides pull at once, so that neither has the last word.
            let is_late = sweep * 3 >= SWEEPS * 2;
            let is_down = sweep % 2 == 0;
            for at in 0..=last {
                let layer = if is_down { at } else { last - at };
                let sides: &[&Vec<Vec<(usize, f64)>>] = match (is_late, is_down) {
                    (true, _) => &[&above, &below],
                    (false, true) => &[&above],
                    (false, false) => &[&below],
                };
                self.place_layer(layer, sides);
            }
        }
    }

    fn place_layer(&mut self, layer: usize, sides: &[&Vec<Vec<(usize, f64)>>]) {
        let mut wanted = Vec::with_capacity(self.layers[layer].len());
        for &place in &self.layers[layer] {
            let (mut sum, mut pulls) = (0.0, 0.0);
            for &(neighbour, pull) in sides.iter().flat_map(|side| &side[place]) {
                sum += self.x[neighbour] * pull;
                pulls += pull;
            }
            match pulls > 0.0 {
                true => wanted.push((sum / pulls, pulls)),
                false => wanted.push((self.x[place], 0.01)),
            }
        }
        let places = &self.layers[layer];
        let half = |place: usize| self.sizes[place].width / 2.0;
        let mut offsets = vec![0.0; places.len()];
        for at in 1..places.len() {
            offsets[at] = offsets[at - 1] + half(places[at - 1]) + GAP_X + half(places[at]);
        }
        for (wanted, offset) in wanted.iter_mut().zip(&offsets) {
            wanted.0 -= offset;
        }
        let found = nearest_ascending(&wanted);
        for ((&place, found), offset) in places.iter().zip(found).zip(offsets) {
            self.x[place] = found + offset;
        }
    }
}

/// Returns the ascending numbers nearest to the wanted ones (with their weights), by the sum of
/// squares: neighbours in the wrong order are pooled until there are none.
fn nearest_ascending(wanted: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for &(mut value, mut weight) in wanted {
        let mut members = 1;
        while let Some(&(before, before_weight, before_members)) = pools.last() {
            if before <= value {
                break;
            }
            pools.pop();
            value = (value * weight + before * before_weight) / (weight + before_weight);
            weight += before_weight;
            members += before_members;
        }
        pools.push((value, weight, members));
    }
    pools
        .iter()
        .flat_map(|&(value, _, members)| std::iter::repeat_n(value, members))
        .collect()
}
