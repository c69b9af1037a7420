// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DeriveLicenses} from "./DeriveLicenses.sol";
import {DevValues} from "./DevValues.sol";
import {MoneyFixture} from "./MoneyFixture.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {Parameters} from "../src/Parameters.sol";
import {TermsRegistry} from "../src/TermsRegistry.sol";
import {BlockBeacon} from "../src/beacon/BlockBeacon.sol";
import {CodeBook, MintParams, Parent} from "../src/interfaces/IModelRegistry.sol";
import {Rates, Rules} from "../src/interfaces/IParameters.sol";
import {Terms, TermsKind} from "../src/interfaces/ITermsRegistry.sol";

/// @notice Terms and models, and the steps by which a model comes to be.
abstract contract ModelFixture is MoneyFixture {
    uint96 internal constant FLOOR = 1_000;
    string internal constant PUBLISHER = "https://publisher.example";

    BlockBeacon internal beacon;
    Parameters internal parameters;
    TermsRegistry internal termsRegistry;
    ModelRegistry internal models;

    function deployModels() internal {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        beacon = new BlockBeacon(2);
        address timelock = address(DevValues.timelock(TREASURY, 1));
        parameters = new Parameters(devRules(), devRates(), address(token), timelock);
        termsRegistry = new TermsRegistry(parameters);
        models = new ModelRegistry(parameters, termsRegistry, beacon);
    }

    function devRules() internal pure virtual returns (Rules memory) {
        return DevValues.rules();
    }

    function devRates() internal pure virtual returns (Rates memory) {
        return DevValues.rates(TREASURY);
    }

    /// @notice SERVE terms.
    function terms(uint16 slashBps) internal pure returns (Terms memory t) {
        t.kind = TermsKind.SERVE;
        t.price = FLOOR;
        t.bond = uint96(50 * DOLLAR);
        t.ownerShareBps = 6_000;
        t.slashBps = slashBps;
        t.uri = "terms";
    }

    function privateTerms() internal pure returns (Terms memory t) {
        t = terms(1);
        t.kind = TermsKind.PRIVATE;
        t.ownerShareBps = 10_000;
        t.price = uint96(5 * DOLLAR);
        t.period = 30 days;
    }

    /// @notice What DERIVE terms name for hosts of a child.
    function childSlashBps() internal pure virtual returns (uint16) {
        return 1;
    }

    function deriveTerms(uint16 royaltyBps, bool derivatives) internal pure returns (Terms memory t) {
        t = terms(childSlashBps());
        t.kind = TermsKind.DERIVE;
        (t.childPrice, t.childBond) = (t.price, t.bond);
        t.ownerShareBps = 10_000;
        t.royaltyBps = royaltyBps;
        t.derivatives = derivatives;
    }

    function codeBook(bytes32 root) internal pure returns (CodeBook memory) {
        return CodeBook({root: root, poseidonRoot: 0, size: 16, commonSize: 16, bits: 2});
    }

    /// @notice Commits a code book and waits until its round is posted.
    function committed(address committer, bytes32 root) internal returns (bytes32 commitId) {
        uint64 round = beacon.nextRound();
        commitId = commitBook(committer, codeBook(root));
        postRound(round);
    }

    /// @notice Commits a code book for a fee that the committer is given. The fee leaves no trace: what a test finds
    /// burned is its own.
    function commitBook(address committer, CodeBook memory book) internal returns (bytes32) {
        uint256 fee = parameters.codeBookFee();
        token.mint(committer, fee);
        vm.startPrank(committer);
        token.approve(address(models), fee);
        bytes32 commitId = models.commitCodeBook(book);
        vm.stopPrank();
        token.seize(BURNED, fee);
        return commitId;
    }

    function postRound(uint64 round) internal {
        if (block.number <= round) vm.roll(round + 1);
        if (!beacon.isPosted(round)) beacon.post(round, "");
    }

    /// @notice The parameters of a model that offers `serveTermsId` and has no agent, parents or resale share.
    function mintParams(address owner, bytes32 root, uint32 serveTermsId) internal pure returns (MintParams memory p) {
        p.codeBook = codeBook(root);
        p.owner = owner;
        p.weightsDigest = keccak256("weights");
        p.controlPanelDigest = keccak256("panel");
        p.offers[TermsKind.SERVE] = serveTermsId;
        p.uri = PUBLISHER;
    }

    /// @notice Mints what was committed, as the owner.
    function mint(MintParams memory params) internal returns (uint256 modelId) {
        vm.prank(params.owner);
        return models.mint(params);
    }

    function mintModel(address owner, bytes32 root, uint16 slashBps) internal returns (uint256) {
        committed(owner, root);
        return mint(mintParams(owner, root, termsRegistry.register(terms(slashBps))));
    }

    /// @notice A model of `owner` built on parents, under the licenses named.
    function mintChild(address owner, bytes32 root, Parent[] memory parents) internal returns (uint256) {
        committed(owner, root);
        MintParams memory p = mintParams(owner, root, termsRegistry.register(terms(childSlashBps())));
        p.parents = parents;
        return mint(p);
    }

    function one(uint256 modelId, uint256 licenseId) internal pure returns (Parent[] memory parents) {
        parents = new Parent[](1);
        parents[0] = Parent(modelId, licenseId);
    }

    function two(Parent memory first, Parent memory second) internal pure returns (Parent[] memory parents) {
        parents = new Parent[](2);
        (parents[0], parents[1]) = (first, second);
    }
}

/// @notice Models alone, with licenses that the test makes up.
abstract contract ModelTest is ModelFixture {
    DeriveLicenses internal granted;

    function setUp() public virtual {
        deployToken();
        deployModels();
        granted = new DeriveLicenses();
        models.bindLicenses(address(granted));
    }

    /// @notice Makes up a DERIVE license and returns its number.
    function license(address account, uint256 modelId, Terms memory t) internal returns (uint256 licenseId) {
        licenseId = uint256(keccak256(abi.encode(account, modelId)));
        granted.grant(licenseId, account, modelId, termsRegistry.register(t));
    }
}
