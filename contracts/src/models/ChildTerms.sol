// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Marks} from "./Marks.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Hosting, ITermsRegistry, TermsKind} from "../interfaces/ITermsRegistry.sol";

/// @title A child is never hosted on laxer terms than its parents' DERIVE licenses name, and these name at least the
/// highest floor price, bond and slash, each by itself, that the parent ever offered to hosts. So nobody hides behind a
/// child of his own.
abstract contract ChildTerms is Marks {
    struct Bounds {
        Hosting least; // of its own SERVE terms, by the licenses it was built under
        Hosting past; // the highest of the SERVE terms that it offered once and offers no more
    }

    ITermsRegistry public immutable terms;

    mapping(uint256 modelId => Bounds) private _bounds;

    constructor(ITermsRegistry terms_) {
        terms = terms_;
    }

    /// @inheritdoc IModelRegistry
    function leastHostingOf(uint256 modelId, uint8 kind) external view returns (Hosting memory) {
        return kind == TermsKind.DERIVE ? _highest(modelId, offerOf(modelId, TermsKind.SERVE)) : _bounds[modelId].least;
    }

    /// @inheritdoc IModelRegistry
    function offerOf(uint256 modelId, uint8 kind) public view virtual returns (uint32);

    /// @dev Binds a child by one parent: by the license on it, or, where it is the owner's own, by what binds it.
    function _inherit(uint256 modelId, uint256 parentId, uint32 deriveTermsId) internal {
        Hosting memory least = deriveTermsId == 0 ? _bounds[parentId].least : terms.hostingOf(deriveTermsId);
        _raise(_bounds[modelId].least, least);
    }

    /// @dev Of terms that are to be offered beside `serveTermsId`.
    function _checkHosting(uint256 modelId, uint8 kind, uint32 termsId, uint32 serveTermsId) internal view {
        if (kind == TermsKind.SERVE) _mustReach(modelId, termsId, _bounds[modelId].least);
        if (kind == TermsKind.DERIVE) _mustReach(modelId, termsId, _highest(modelId, serveTermsId));
    }

    /// @dev What is offered to hosts is about to change: a DERIVE offer that stands must name as much first.
    function _replaceServe(uint256 modelId, uint32 termsId) internal {
        uint32 before = offerOf(modelId, TermsKind.SERVE);
        if (before != 0) _raise(_bounds[modelId].past, terms.hostingOf(before));
        uint32 derive = offerOf(modelId, TermsKind.DERIVE);
        if (derive != 0) _checkHosting(modelId, TermsKind.DERIVE, derive, termsId);
    }

    function _highest(uint256 modelId, uint32 serveTermsId) private view returns (Hosting memory highest) {
        highest = _higher(_bounds[modelId].least, _bounds[modelId].past);
        if (serveTermsId != 0) highest = _higher(highest, terms.hostingOf(serveTermsId));
    }

    function _mustReach(uint256 modelId, uint32 termsId, Hosting memory least) private view {
        Hosting memory asked = terms.hostingOf(termsId);
        bool reaches = asked.price >= least.price && asked.bond >= least.bond && asked.slashBps >= least.slashBps;
        if (!reaches) revert ModelRegistry_TermsTooLax(modelId, termsId, least);
    }

    function _raise(Hosting storage stored, Hosting memory other) private {
        Hosting memory higher = _higher(stored, other);
        (stored.price, stored.bond, stored.slashBps) = (higher.price, higher.bond, higher.slashBps);
    }

    function _higher(Hosting memory a, Hosting memory b) private pure returns (Hosting memory) {
        return
            Hosting({
                price: a.price > b.price ? a.price : b.price,
                bond: a.bond > b.bond ? a.bond : b.bond,
                slashBps: a.slashBps > b.slashBps ? a.slashBps : b.slashBps
            });
    }
}
